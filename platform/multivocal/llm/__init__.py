"""Language models: endpoints, the one gateway to them, the ledger of calls, budgets and the simulator."""
