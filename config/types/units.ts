/** Parsers for the units in settings. The `tryParse` functions return undefined for text that they cannot parse. */

const SIZE_UNITS: Readonly<Record<string, number>> = {
    "": 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
};

export const MIB = 2 ** 20;

/** Bytes of a Kubernetes quantity such as 256Mi or 1.5G. */
export function tryParseSize(text: string): number | undefined {
    const [, number, unit] = /^([+-]?\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
    const factor = SIZE_UNITS[unit ?? ""];
    return number === undefined || factor === undefined ? undefined : roundFloatNoise(Number(number) * factor);
}

/** Rounds away floating-point errors: 2.3 times a million is a little less than 2,300,000. */
export function roundFloatNoise(value: number): number {
    const whole = Math.round(value);
    return Math.abs(value - whole) < 1e-3 ? whole : value;
}

/** Cores of a Kubernetes quantity such as 250m or 1.5. */
export function tryParseCpu(text: string): number | undefined {
    const [, number, milli] = /^([+-]?\d+(?:\.\d+)?)(m?)$/.exec(text) ?? [];
    return number === undefined ? undefined : Number(number) / (milli === "m" ? 1000 : 1);
}

const DURATION_UNITS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 } as const;
const DURATION_PATTERN = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Seconds of a duration such as 500ms, 1m30s or 7d, with the largest unit first as Prometheus requires. */
export function tryParseDuration(text: string): number | undefined {
    const match = DURATION_PATTERN.exec(text);
    if (text === "" || match === null) {
        return undefined;
    }
    return Object.values(DURATION_UNITS).reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
}

/** Bytes of a size that the schema has accepted. */
export function parseBytes(size: string): number {
    return assertParsed(tryParseSize(size), size);
}

/** Seconds of a duration that the schema has accepted. */
export function parseSeconds(duration: string): number {
    return assertParsed(tryParseDuration(duration), duration);
}

/** Cores of a CPU quantity that the schema has accepted. */
export function parseCores(cpu: string): number {
    return assertParsed(tryParseCpu(cpu), cpu);
}

function assertParsed(value: number | undefined, text: string): number {
    if (value === undefined) {
        throw new RangeError(`"${text}" did not pass the schema`);
    }
    return value;
}

/** Whole MiB of a number of bytes, rounded down. */
export function bytesToMiB(bytes: number): number {
    return Math.floor(bytes / MIB);
}
