import type { Rule } from "./rule";

/** Rules for the secure OTLP listener. */
export const secureOtlpRules: readonly Rule[] = [
    {
        key: "secureOtlp.tls.clientCaSecretName",
        check: ({ secureOtlp }) =>
            secureOtlp.tls.clientCaSecretName !== undefined && secureOtlp.auth !== "mtls"
                ? "requires secureOtlp.auth mtls; otherwise clients need no certificate"
                : undefined,
    },
    {
        key: "secureOtlp.token",
        check: ({ secureOtlp }, given) =>
            given("secureOtlp.token") && secureOtlp.auth !== "token"
                ? "requires secureOtlp.auth token; otherwise clients need no token"
                : undefined,
    },
    {
        key: "secureOtlp.token.acceptPrevious",
        check: ({ secureOtlp: { token } }) =>
            token.acceptPrevious && token.version === 1
                ? "must be false with secureOtlp.token.version 1; there is no previous token"
                : undefined,
    },
];
