module otel-stack.local/sandbox/pause

go 1.26
