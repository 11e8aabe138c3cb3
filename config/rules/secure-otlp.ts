import type { Rule } from "./rule";

/** Rules for the secure OTLP listener. */
export const secureOtlpRules: readonly Rule[] = [
    {
        key: "secureOtlp.token.acceptPrevious",
        check: ({ secureOtlp: { token } }) =>
            token.acceptPrevious && token.version === 1
                ? "must be false with secureOtlp.token.version 1; there is no previous token"
                : undefined,
    },
];
