import { isRecord } from "./raw";
import { tryParseSize } from "./units";

/** An invalid value, with what a command to set it needs. */
interface RejectedSetting {
    /** Path of the setting, such as `collector.replicas`. */
    readonly key: string;
    readonly value: unknown;
    /** Name of the project, the prefix of every key in a stack file. */
    readonly project: string;
}

/** The hostname of a UI, which can have a path. */
const UI_HOST_PATTERN = /^expose\.(?:grafana|jaeger|prometheus)\.host$/;

/** A date as in the stack file, or as Pulumi converts it if it has no quotes. */
const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}:\d{2}\S*(?: [+-]\d{4} [+-]?\w+)?)?$/;
/** The format that only Pulumi writes. */
const CONVERTED_DATE_PATTERN = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)? [+-]\d{4} [+-]?\w+$/;

/** Whether Pulumi converted this text from a date without quotes in the stack file. */
export function isConvertedDate(value: string): boolean {
    return CONVERTED_DATE_PATTERN.test(value);
}

/**
 * What is wrong with the entries of a map of strings (annotations, headers, labels), and the commands that fix them.
 * Never contains values, because headers may be secret.
 */
export function findEntryHint({ key, value, project }: RejectedSetting): string | undefined {
    const hints = collectEntries(value).flatMap(([steps, entry]) => {
        const wrongType = describeWrongType(entry);
        const path = `${project}:${key}${steps.map(formatPathStep).join("")}`;
        const option = key.includes("secretHeaders") ? "--secret" : "--type string";
        return wrongType === undefined
            ? []
            : [
                  `${steps.join(".")} is ${wrongType}, not a string: quote it, or run \`pulumi config set --path ${option} '${path}' TEXT\``,
              ];
    });
    return hints.length === 0 ? undefined : hints.join("; ");
}

/** The entries of a map, or of a list of maps, each with its path. */
function collectEntries(value: unknown): [string[], unknown][] {
    if (Array.isArray(value)) {
        return value.flatMap((item: unknown, index) =>
            isRecord(item)
                ? collectEntries(item).map(([steps, entry]): [string[], unknown] => [[String(index), ...steps], entry])
                : [],
        );
    }
    return isRecord(value) ? Object.entries(value).map(([name, entry]) => [[name], entry]) : [];
}

function describeWrongType(entry: unknown): string | undefined {
    if (typeof entry === "string") {
        return isConvertedDate(entry) ? "a date" : undefined;
    }
    return typeof entry === "number" || typeof entry === "boolean" ? `a ${typeof entry}` : describeEmpty(entry);
}

function describeEmpty(entry: unknown): string | undefined {
    return entry === null || entry === undefined ? "empty" : undefined;
}

/** One step of a path in the syntax of `pulumi config set --path`. */
function formatPathStep(step: string): string {
    if (/^\d+$/.test(step)) {
        return `[${step}]`;
    }
    return /^\w+$/.test(step) ? `.${step}` : `["${step}"]`;
}

/**
 * How to write a value that is almost valid, with the command that sets it. May contain the value.
 *
 * @param message The message of the issue, which names the expected type.
 */
export function findValueHint({ key, value, project }: RejectedSetting, message: string): string | undefined {
    if (value === null || value === "") {
        return `it is empty; to use the default, run \`pulumi config rm --path ${project}:${key}\``;
    }
    if (typeof value !== "string") {
        return undefined;
    }
    if (DATE_PATTERN.test(value)) {
        return "YAML reads this value as a date";
    }
    const [, host, path] = /^([^/]+)(\/.+)$/.exec(value) ?? [];
    if (message.startsWith("must be a hostname") && host !== undefined && path !== undefined) {
        return UI_HOST_PATTERN.test(key)
            ? `the path is a separate setting: \`pulumi config set --path ${project}:${key} ${host}\` and \`pulumi config set --path ${project}:${key.replace(/host$/, "path")} ${path}\``
            : "only UIs can have a path";
    }
    const found = /^must be an? (?:integer|number)\b/.test(message)
        ? findNumberHint(value)
        : message.startsWith("must be a duration")
          ? findDurationHint(value)
          : message.startsWith("must be a size")
            ? findSizeHint(value)
            : message.startsWith("must be a registry")
              ? findRegistryHint(value)
              : undefined;
    if (found === undefined) {
        return undefined;
    }
    const { reason, replacement } = found;
    return replacement === undefined
        ? reason
        : `${reason}: \`pulumi config set --path ${project}:${key} ${replacement}\``;
}

function findRegistryHint(value: string): Hint | undefined {
    const registry = value
        .replace(/^[a-z]+:\/\//i, "")
        .replace(/\/+$/, "")
        .toLowerCase();
    if (!/^[^/]*[.:]/.test(registry)) {
        return { reason: "a name without a dot or a port would be a repository on Docker Hub" };
    }
    return registry === value ? undefined : { reason: "write only the host and the path", replacement: registry };
}

interface Hint {
    readonly reason: string;
    readonly replacement?: string;
}

function findNumberHint(value: string): Hint | undefined {
    const [, sign = "", digits] = /^(-?)0+(\d+(?:\.\d+)?)$/.exec(value) ?? [];
    return digits === undefined
        ? undefined
        : { reason: "leading zeros are not allowed", replacement: `${sign}${digits}` };
}

const UNIT_SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;

function findDurationHint(value: string): Hint | undefined {
    const [, years] = /^(\d+)y$/.exec(value) ?? [];
    if (years !== undefined) {
        return {
            reason: "the units are w, d, h, m, s and ms, and a year is 365d",
            replacement: `${Number(years) * 365}d`,
        };
    }
    const [, amount, unit] = /^(\d*\.\d+)([wdhms])$/.exec(value) ?? [];
    if (amount === undefined) {
        return undefined;
    }
    const seconds = Object.entries(UNIT_SECONDS).find(([name]) => name === unit)?.[1] ?? 1;
    const milliseconds = Math.round(Number(amount) * seconds * 1000);
    return { reason: "fractions are not allowed", replacement: formatDuration(milliseconds) };
}

/** In the largest unit without a remainder. */
function formatDuration(milliseconds: number): string {
    const [unit, seconds] = Object.entries(UNIT_SECONDS).find(([, size]) => milliseconds % (size * 1000) === 0) ?? [];
    return unit === undefined || seconds === undefined
        ? `${milliseconds}ms`
        : `${milliseconds / (seconds * 1000)}${unit}`;
}

/** Common spellings of the units of Kubernetes. */
const UNIT_ALIASES: Readonly<Record<string, string>> = {
    K: "k",
    KB: "k",
    kB: "k",
    kb: "k",
    m: "M",
    MB: "M",
    mb: "M",
    g: "G",
    GB: "G",
    gb: "G",
    t: "T",
    TB: "T",
    tb: "T",
    KiB: "Ki",
    ki: "Ki",
    kib: "Ki",
    MiB: "Mi",
    mi: "Mi",
    mib: "Mi",
    GiB: "Gi",
    gi: "Gi",
    gib: "Gi",
    TiB: "Ti",
    ti: "Ti",
    tib: "Ti",
};

function findSizeHint(value: string): Hint | undefined {
    const [, amount = "", space = "", unit = ""] = /^(\d+(?:\.\d+)?)(\s*)([a-zA-Z]+)$/.exec(value) ?? [];
    const intended = UNIT_ALIASES[unit] ?? unit;
    const bytes = tryParseSize(amount + intended);
    if (amount === "" || bytes === undefined || bytes <= 0) {
        return undefined;
    }
    if (!Number.isInteger(bytes)) {
        return { reason: "it is not a whole number of bytes", replacement: roundUpSize(bytes) };
    }
    if (intended !== unit) {
        return { reason: `write the unit ${unit} as ${intended}`, replacement: amount + intended };
    }
    return space === "" ? undefined : { reason: "spaces are not allowed", replacement: amount + intended };
}

/** The next larger size in whole Mi or Ki. */
function roundUpSize(bytes: number): string {
    const [unit, factor] = bytes > 2 ** 24 ? (["Mi", 2 ** 20] as const) : (["Ki", 2 ** 10] as const);
    return `${Math.ceil(bytes / factor)}${unit}`;
}

/**
 * The commands that fix a key with dots, which `pulumi config set` created because `--path` was missing.
 *
 * @param hidden Whether the value is a secret, which messages must not contain.
 */
export function findFlatKeyHint({ key, value, project }: RejectedSetting, hidden: boolean): string | undefined {
    const shown =
        !hidden && (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
            ? String(value)
            : "VALUE";
    const options = hidden ? "--secret --path" : "--path";
    return key.includes(".")
        ? `run \`pulumi config rm ${project}:${key}\`, then \`pulumi config set ${options} ${project}:${key} ${shown}\``
        : undefined;
}
