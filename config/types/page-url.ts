import type * as z from "zod";
import { stringType } from "./values";

/** The documentation. The repository is not public yet; this is its planned address. */
export const DOCS_URL = "https://github.com/otel-stack/otel-stack/blob/main/docs";

/** URL of a page to which something is added, such as the name of a heading. */
export function pageUrl(example: string): z.ZodType<string> {
    return stringType(
        "URL",
        `an http:// or https:// URL without a fragment, such as ${example}`,
        (value) => URL.canParse(value) && /^https?:\/\/[^\s#]+$/.test(value),
    );
}
