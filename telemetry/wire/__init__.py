"""Everything that travels between agent and server: topics, messages, codec, signatures."""
