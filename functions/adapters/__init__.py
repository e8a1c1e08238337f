"""What reaches outside: DynamoDB, SQS, Step Functions, SNS and payment gateways."""
