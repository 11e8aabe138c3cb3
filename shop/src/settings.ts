/** Roles of the program. The first argument selects one. */
const ROLES = ["frontend", "payments", "load"] as const;
type Role = (typeof ROLES)[number];

interface Common<R extends Role> {
    readonly role: R;
    /** Port of the API and of the probes. */
    readonly port: number;
}

interface FrontendSettings extends Common<"frontend"> {
    readonly paymentsUrl: string;
}

export interface PaymentsSettings extends Common<"payments"> {
    /** Share of payments that fail, 0 to 1. */
    readonly errorRate: number;
    /** Share of payments that are slow, 0 to 1. */
    readonly slowRate: number;
    /** Additional duration of a slow payment in milliseconds. */
    readonly slowDelayMs: number;
}

export interface LoadSettings extends Common<"load"> {
    readonly frontendUrl: string;
    readonly requestsPerSecond: number;
}

export type Settings = FrontendSettings | PaymentsSettings | LoadSettings;

/** Arguments or environment variables are not valid. The message contains all issues. */
export class SettingsError extends Error {}

/**
 * Reads the settings from the arguments and the environment. Ignores unknown variables.
 *
 * @throws SettingsError when a value is not valid.
 */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings {
    const role = ROLES.find((name) => name === args[0]);
    if (role === undefined || args.length !== 1) {
        throw new SettingsError(
            `expected one argument, ${ROLES.join(", ")}, got ${args.length === 0 ? "none" : JSON.stringify(args.join(" "))}`,
        );
    }
    const variables = new Variables(env);
    const settings = readRoleSettings(role, variables);
    variables.check();
    return settings;
}

function readRoleSettings(role: Role, variables: Variables): Settings {
    const port = variables.number("SHOP_PORT", { from: 1, to: 65_535, whole: true, fallback: 8080 });
    switch (role) {
        case "frontend":
            return { role, port, paymentsUrl: variables.url("SHOP_PAYMENTS_URL", "http://shop-payments:8080") };
        case "payments":
            return {
                role,
                port,
                errorRate: variables.number("SHOP_ERROR_RATE", { from: 0, to: 1, fallback: 0 }),
                slowRate: variables.number("SHOP_SLOW_RATE", { from: 0, to: 1, fallback: 0 }),
                slowDelayMs: variables.number("SHOP_SLOW_DELAY_MS", { from: 0, to: 30_000, fallback: 1000 }),
            };
        case "load":
            return {
                role,
                port,
                frontendUrl: variables.url("SHOP_FRONTEND_URL", "http://shop-frontend:8080"),
                requestsPerSecond: variables.number("SHOP_REQUESTS_PER_SECOND", { from: 0.01, to: 100, fallback: 2 }),
            };
    }
}

interface Range {
    readonly from: number;
    readonly to: number;
    readonly whole?: boolean;
    readonly fallback: number;
}

/** Reads environment variables, and collects the issues, so that one error reports all of them. */
class Variables {
    private readonly issues: string[] = [];

    constructor(private readonly env: NodeJS.ProcessEnv) {}

    number(name: string, { from, to, whole = false, fallback }: Range): number {
        return this.read(name, `a ${whole ? "whole " : ""}number from ${from} to ${to}`, fallback, (text) => {
            const value = Number(text);
            const fits = value >= from && value <= to && (!whole || Number.isInteger(value));
            return fits ? value : undefined;
        });
    }

    url(name: string, fallback: string): string {
        return this.read(name, "an address such as http://name:8080", fallback, (text) =>
            URL.canParse(text) && /^https?:\/\//.test(text) ? text.replace(/\/+$/, "") : undefined,
        );
    }

    /** @throws SettingsError when a value that was read is not valid. */
    check(): void {
        if (this.issues.length > 0) {
            throw new SettingsError(this.issues.join("; "));
        }
    }

    private read<T>(name: string, expected: string, fallback: T, parse: (text: string) => T | undefined): T {
        const text = this.env[name]?.trim();
        if (text === undefined || text === "") {
            return fallback;
        }
        const value = parse(text);
        if (value === undefined) {
            this.issues.push(`${name}: expected ${expected}, got ${JSON.stringify(text)}`);
        }
        return value ?? fallback;
    }
}
