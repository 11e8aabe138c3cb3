import type * as z from "zod";
import { isConvertedDate } from "./hints";
import { customType, stringType } from "./values";
import { SIGNALS, type Signal } from "./signal";

/** Where a backend takes requests: nothing of it is secret. */
export const httpUrl = stringType(
    "URL",
    "a URL that starts with http:// or https://, without user, query and fragment, such as https://otlp.example.com:4317",
    (value) => {
        const url = URL.canParse(value) ? new URL(value) : undefined;
        return (
            url !== undefined &&
            // A URL's scheme may be in capitals and lack the slashes: what asks whether it is http:// must not miss any.
            /^https?:\/\/[^\s?#@\\/][^\s?#@\\]*$/.test(value) &&
            url.username === "" &&
            url.password === ""
        );
    },
);

function isSignals(value: unknown): value is Signal[] {
    return (
        Array.isArray(value) &&
        value.length > 0 &&
        new Set(value).size === value.length &&
        value.every((name) => SIGNALS.some((signal) => signal === name))
    );
}

/** Some of the three signals. */
export const signals: z.ZodType<readonly Signal[]> = customType(
    "list of traces, metrics, logs",
    "at least one of traces, metrics, logs, each once, such as [traces, logs]",
    isSignals,
);

export type Headers = Readonly<Record<string, string>>;

/** Letters, digits and hyphens alone, as the name becomes part of a variable's; values that one line can carry. */
function isHeaders(value: unknown): value is Headers {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
            ([name, content]) =>
                /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name) &&
                typeof content === "string" &&
                !isConvertedDate(content) &&
                /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(content),
        )
    );
}

/** Headers of HTTP or gRPC requests. */
export const headers = customType(
    "headers",
    "names of letters, digits and - with values of printable characters as text, such as { x-tenant: shop }",
    isHeaders,
);
