"""`verify`: find out what SNS, API Gateway and CloudWatch do where no documentation says it."""
