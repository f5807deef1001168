"""Live stages: one hub of running work per process, a WebSocket and its plain-HTTP twin."""
