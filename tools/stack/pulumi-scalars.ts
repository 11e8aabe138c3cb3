export type PulumiScalar = string | number | boolean | null;

/**
 * Reads a plain scalar of a stack file as Pulumi does. Pulumi reads numbers as YAML 1.1, but reads `yes` and `off` as
 * strings. Recorded with Pulumi 3.215 (tests/tools/stack/stack-file.test.ts).
 *
 * @param source Text of a scalar without quotes and without a tag.
 */
export function parsePulumiScalar(source: string): PulumiScalar {
    if (/^(?:|~|null|Null|NULL)$/.test(source)) {
        return null;
    }
    if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(source)) {
        return source.toLowerCase() === "true";
    }
    return parseDate(source) ?? parseNumber(source) ?? source;
}

/** Whether Pulumi reads a plain scalar as infinity or as no number, and then rejects the file. */
export function isNotFinite(source: string): boolean {
    return /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(source);
}

/** Whether Pulumi reads a plain scalar as a date. */
export function isPulumiDate(source: string): boolean {
    return parseDate(source) !== undefined;
}

/** Returns a key of a map as text, as Go prints it. */
export function formatPulumiKey(key: PulumiScalar): string {
    return key === null ? "<nil>" : String(key);
}

const DECIMAL = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const PREFIXED_INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/;

function parseNumber(source: string): number | undefined {
    if (!/^[-+.\d]/.test(source)) {
        return undefined;
    }
    const digits = source.replaceAll("_", "");
    // A leading zero means octal, except in numbers with an 8 or 9, such as 08, which are decimal.
    const prefixed = digits.replace(/^([-+]?)0(?=[0-7]+$)/, "$10o");
    const [, sign, magnitude] = PREFIXED_INTEGER.exec(prefixed) ?? [];
    if (magnitude !== undefined) {
        return sign === "-" ? -Number(magnitude) : Number(magnitude);
    }
    const number = DECIMAL.test(digits) ? Number(digits) : NaN;
    return Number.isFinite(number) ? number : undefined;
}

const DAY = /^(\d{4})-(\d{1,2})-(\d{1,2})/;
const TIME = /(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d+)?)/;
const DATE = new RegExp(`${DAY.source}(?:[Tt]${TIME.source}(Z|[-+]\\d{2}:\\d{2})|[ ]+${TIME.source})?$`);

/** Converts a date to the string that Go prints for it. */
function parseDate(source: string): string | undefined {
    const match = DATE.exec(source);
    if (match === null) {
        return undefined;
    }
    const [, year = "", month = "", day = ""] = match;
    // Pulumi reads a day that the month does not have as text.
    if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCMonth() !== Number(month) - 1) {
        return undefined;
    }
    const time: readonly (string | undefined)[] = match.slice(4);
    const [hour, minute, second, offset, ...spaced] = time;
    const [h = "", m = "", s = ""] = hour === undefined ? spaced : [hour, minute, second];
    if (Number(h) > 23 || Number(m) > 59 || Number(s) >= 60) {
        return undefined;
    }
    const clock = [h, m, s.replace(/\.?0+$/, (zeros) => (s.includes(".") ? "" : zeros))].map((part) =>
        part.replace(/^\d?(?!\d)/, (one) => one.padStart(2, "0")),
    );
    const zone = offset === undefined || offset === "Z" ? "+0000 UTC" : `${offset} ${offset}`.replaceAll(":", "");
    return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} ${clock.join(":")} ${zone}`;
}
