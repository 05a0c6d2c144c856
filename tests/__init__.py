"""Makes this the package `tests`: gmqtt installs one of the same name."""
