"""What agent and server both know: words, metrics, messages, rules and the telemetry store."""
