"""What LocalStack 4.14 needs in order to run Sluice's template on a machine without Docker: one file for each thing."""
