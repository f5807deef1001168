"""Runs the simulator: ``python -m multivocal.llm.simulator --port 8101``."""

import argparse

import uvicorn

from multivocal.llm.simulator.app import Simulator


def main() -> None:
    """Serve until told to stop; bad settings in the environment end with a sentence."""
    parser = argparse.ArgumentParser(prog="multivocal.llm.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8101)
    options = parser.parse_args()
    try:
        app = Simulator()
    except ValueError as problem:
        parser.error(str(problem))
    uvicorn.run(
        app, host=options.host, port=options.port, loop="uvloop", http="httptools", ws="none",
        access_log=False, log_level="warning", backlog=4096, timeout_keep_alive=75,
    )  # fmt: skip


if __name__ == "__main__":
    main()
