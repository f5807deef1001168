#!/bin/sh
# The commands of the three kinds of process: serve.sh web|worker|beat|migrate
set -eu
case "$1" in
web)
    # One process per container: more sockets or pages mean more containers.
    exec python -m uvicorn multivocal.asgi:application --host 0.0.0.0 --port "${PORT:-8000}" \
        --loop uvloop --http httptools --ws websockets-sansio --ws-max-size 1000000 --no-access-log \
        --no-server-header --timeout-graceful-shutdown 20
    ;;
worker)
    exec python -m celery -A multivocal worker --pool threads --concurrency "${WORKER_THREADS:-8}" --loglevel info
    ;;
beat)
    # Exactly one of these in the whole installation.
    exec python -m celery -A multivocal beat --schedule "${MULTIVOCAL_VAR:-var}/beat" --loglevel info
    ;;
migrate)
    exec python manage.py migrate --noinput
    ;;
*)
    echo "usage: serve.sh web|worker|beat|migrate" >&2
    exit 2
    ;;
esac
