"""What every Lambda function needs around its own work: environment, log record, metrics, error mapping."""
