#!/bin/bash
# Run by LocalStack once it is ready: the stream and the bucket that the jobs of compose.yml use.
set -e
awslocal kinesis create-stream --stream-name actions --shard-count 2
awslocal kinesis wait stream-exists --stream-name actions
awslocal s3 mb s3://logs
