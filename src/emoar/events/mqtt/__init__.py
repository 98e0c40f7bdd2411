"""MQTT brokers, and what home automation expects of a device there."""
