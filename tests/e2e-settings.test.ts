import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { validate } from "../config/validate";
import { type Settings, readStackSettings } from "../tools/render/program";
import type { Stack } from "../tools/stack/stack";
import * as stacks from "./e2e/support/stack";
import * as target from "./e2e/support/target";

const E2E_DIRECTORY = path.join(__dirname, "e2e");
const FILES = fs.readdirSync(E2E_DIRECTORY).filter((name) => name.endsWith(".test.ts"));
/** What an end-to-end test file declares its tests with. */
const MOCHA_GLOBALS = ["describe", "it", "before", "after", "beforeEach", "afterEach"] as const;

/** Settings that are valid after a hook has set a secret with `pulumi config set --secret`. */
const NEEDS_SECRET = ["azureMonitor.connectionString", "destinations.plain.allowSecretsOverHttp"];

/**
 * The stacks that an end-to-end test file configures outside its tests and hooks. Loads the file and runs its suites, but
 * no test and no hook.
 */
async function loadConfiguredStacks(file: string): Promise<readonly Stack[]> {
    const configured: Stack[] = [];
    const recorded =
        <Args extends readonly unknown[]>(configure: (...args: Args) => Stack) =>
        (...args: Args): Stack => {
            const stack = configure(...args);
            configured.push(stack);
            return stack;
        };
    const restore = [
        replaceExports("./e2e/support/stack", {
            ...stacks,
            configureStack: recorded(stacks.configureStack),
            configureTargetStack: recorded(stacks.configureTargetStack),
        }),
        replaceExports("./e2e/support/target", { ...target, needsOwnCluster: () => undefined }),
        ...MOCHA_GLOBALS.map(replaceGlobal),
    ];
    try {
        await import(path.join(E2E_DIRECTORY, file));
    } finally {
        restore.forEach((undo) => {
            undo();
        });
    }
    return configured;
}

/** Replaces what a loaded module exports to the modules that are loaded next. Returns a function that undoes it. */
function replaceExports(module: string, exports: object): () => void {
    const loaded = require.cache[require.resolve(module)];
    assert.ok(loaded);
    const original: unknown = loaded.exports;
    loaded.exports = exports;
    return () => {
        loaded.exports = original;
    };
}

/** Replaces a function of mocha by one that runs suites only. Returns a function that undoes it. */
function replaceGlobal(name: (typeof MOCHA_GLOBALS)[number]): () => void {
    const original: unknown = globalThis[name];
    const declare = (_: unknown, suite?: () => void): void => {
        if (name === "describe") {
            suite?.();
        }
    };
    Reflect.set(globalThis, name, declare);
    return () => {
        Reflect.set(globalThis, name, original);
    };
}

/** The settings in the stack's own file. A stack on the sandbox may have the settings of another stack's file. */
function readSettings({ configFile = "", name }: Stack): Settings {
    const { base, dir } = path.parse(configFile);
    return readStackSettings(/^Pulumi\.(.+)\.yaml$/.exec(base)?.[1] ?? name, dir === "" ? undefined : dir);
}

describe("settings of the end-to-end tests", () => {
    let count = 0;

    for (const file of FILES) {
        it(`are valid: ${file}`, async () => {
            for (const stack of await loadConfiguredStacks(file)) {
                count++;
                const issues = validate(readSettings(stack)).issues ?? [];
                assert.deepEqual(
                    issues.filter(({ key }) => !NEEDS_SECRET.includes(key)),
                    [],
                );
            }
        });
    }

    it("are found", () => {
        assert.ok(count >= 30, `only ${count}`);
    });
});
