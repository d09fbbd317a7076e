"""The straight line brought together: plan, send, settle, verify."""
