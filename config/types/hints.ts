import { isRecord } from "./raw";
import { tryParseDuration, tryParseSize } from "./units";

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
 *
 * @param isSecret Whether the values are secret.
 */
export function findEntryHint({ key, value, project }: RejectedSetting, isSecret: boolean): string | undefined {
    const hints = collectEntries(value).flatMap(([steps, entry]) => {
        const wrongType = describeWrongType(entry);
        const path = `${project}:${key}${steps.map(formatPathStep).join("")}`;
        const option = isSecret ? "--secret" : "--type string";
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
    if (typeof value === "number") {
        return findValueHint({ key, value: String(value), project }, message);
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
    const [, find] = HINTS.find(([pattern]) => pattern.test(message)) ?? [];
    const found = find?.(value, message);
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

/** The hints for a type of values, by the start of its message. */
const HINTS: readonly (readonly [RegExp, (value: string, message: string) => Hint | undefined])[] = [
    [/^must be an? (?:integer|number)\b/, findNumberHint],
    [/^must be true or false/, findBooleanHint],
    [/^must be one of /, findEnumHint],
    [/^must be a duration/, findDurationHint],
    [/^must be a size/, findSizeHint],
    [/^must be a CPU quantity/, findCpuHint],
    [/^must be a registry/, findRegistryHint],
];

/** What YAML 1.1, Helm and other programs read as a boolean. */
const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = {
    true: true,
    yes: true,
    y: true,
    on: true,
    "1": true,
    false: false,
    no: false,
    n: false,
    off: false,
    "0": false,
};

function findBooleanHint(value: string): Hint | undefined {
    const intended = BOOLEAN_WORDS[value.trim().toLowerCase()];
    return intended === undefined ? undefined : { reason: "write true or false", replacement: String(intended) };
}

/** A value in another case, or with other separators, such as `if-not-present`. */
function findEnumHint(value: string, message: string): Hint | undefined {
    const normalize = (text: string): string => text.replace(/[-_ ]/g, "").toLowerCase();
    const values = message.replace(/^must be one of /, "").split(", ");
    const intended = values.find((known) => normalize(known) === normalize(value));
    return intended === undefined ? undefined : { reason: `write ${intended}`, replacement: intended };
}

function findCpuHint(value: string): Hint | undefined {
    if (value.endsWith("%")) {
        return { reason: "write a number of cores, not a percentage" };
    }
    const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]+)$/.exec(value.trim()) ?? [];
    const intended = CPU_UNITS[unit.toLowerCase()];
    return amount === undefined || intended === undefined
        ? undefined
        : { reason: "the units are m (a thousandth of a core) and none (a core)", replacement: amount + intended };
}

const CPU_UNITS: Readonly<Record<string, string>> = {
    m: "m",
    milli: "m",
    millicores: "m",
    mcpu: "m",
    c: "",
    core: "",
    cores: "",
    cpu: "",
    cpus: "",
};

function findNumberHint(value: string): Hint | undefined {
    const [, sign = "", digits] = /^(-?)0+(\d+(?:\.\d+)?)$/.exec(value) ?? [];
    return digits === undefined
        ? undefined
        : { reason: "leading zeros are not allowed", replacement: `${sign}${digits}` };
}

const UNIT_SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Spellings of the units of durations, and units that have no fixed length. */
const DURATION_UNITS: Readonly<Record<string, keyof typeof UNIT_SECONDS | "ms">> = {
    w: "w",
    week: "w",
    d: "d",
    day: "d",
    h: "h",
    hr: "h",
    hour: "h",
    min: "m",
    minute: "m",
    s: "s",
    sec: "s",
    second: "s",
    ms: "ms",
    msec: "ms",
    millisecond: "ms",
};
const DAYS: Readonly<Record<string, number>> = { y: 365, yr: 365, year: 365, month: 30 };

const UNITS_REASON = "the units are w, d, h, m, s and ms";

function findDurationHint(value: string): Hint | undefined {
    const [, fraction, fractionUnit] = /^(\d*\.\d+)([wdhms])$/.exec(value) ?? [];
    if (fraction !== undefined) {
        const seconds = Object.entries(UNIT_SECONDS).find(([name]) => name === fractionUnit)?.[1] ?? 1;
        const milliseconds = Math.round(Number(fraction) * seconds * 1000);
        return { reason: "fractions are not allowed", replacement: formatDuration(milliseconds) };
    }
    if (/^[+-]?\d+(?:\.\d+)?$/.test(value)) {
        return { reason: `the unit is missing; ${UNITS_REASON}` };
    }
    if (tryParseDuration(value) !== undefined) {
        return undefined;
    }
    const [, amount, unit = ""] = /^(\d+)\s*([a-zA-Z]+)$/.exec(value.trim()) ?? [];
    // M may be a month or minutes.
    const name = unit === "M" ? "" : unit.toLowerCase().replace(/(?<=..)s$/, (plural) => (unit === "ms" ? plural : ""));
    const days = DAYS[name];
    if (amount !== undefined && days !== undefined) {
        return {
            reason: `${UNITS_REASON}, and a ${days === 30 ? "month" : "year"} is ${days}d`,
            replacement: `${Number(amount) * days}d`,
        };
    }
    const intended = DURATION_UNITS[name];
    return amount === undefined || intended === undefined
        ? { reason: UNITS_REASON }
        : { reason: UNITS_REASON, replacement: amount + intended };
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
    if (/^\d+$/.test(value)) {
        const mib = Number(value) / 2 ** 20;
        return {
            reason: "the unit is missing; the units are Ki, Mi, Gi and Ti, or k, M, G and T",
            ...(Number.isInteger(mib) && mib > 0 ? { replacement: `${mib}Mi` } : {}),
        };
    }
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
    const fullKey = /[[\]"]/.test(key) ? `'${project}:${key}'` : `${project}:${key}`;
    return key.includes(".")
        ? `run \`pulumi config rm ${fullKey}\`, then \`pulumi config set ${options} ${fullKey} ${shown}\``
        : undefined;
}
