/**
 * Pulumi takes a stack trace for each resource and each output, and ts-node maps every frame of it to the sources: with
 * the usual ten frames that is a fifth of the time of all tests. Four still show where a test failed.
 */
Error.stackTraceLimit = 4;
