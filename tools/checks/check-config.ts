import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { TEMPLATES_FILE } from "../../components/alertmanager/config";
import { LAMBDA_GATE } from "../../components/collector/config/redaction";
import { RULES_FILE } from "../../components/prometheus/config";
import { build, readGoVersion, isBuilt } from "../../sandbox/build";
import { ROOT } from "../../sandbox/directories";
import { type GoModule, SANDBOX_MODULES } from "../../sandbox/go-modules";
import { buildModule } from "../../sandbox/start";
import type { Settings } from "../render/program";
import { type ConfigFiles, renderConfigFiles, renderStackConfigFiles } from "../render/config-files";

const RULE_TESTS_DIRECTORY = path.join(ROOT, "tests", "promtool");
/** For each folder of promtool tests, the settings of the stack whose rules the tests evaluate. */
const RULE_TEST_SETTINGS: Readonly<Record<string, Settings>> = {
    "in-memory": {},
    "slow-scrapes": {
        prometheus: { scrapeInterval: "2m" },
        spanMetrics: { flushInterval: "2m" },
        applicationEnv: { metricExportInterval: "2m" },
    },
    persistent: { durability: { mode: "disk" } },
    "tail-sampling": { tailSampling: { enabled: true } },
    jaeger: { jaeger: { maxSpansPerTrace: 2000 } },
    "victoria-logs": { loki: { enabled: false }, victoriaLogs: { enabled: true } },
    "trace-tier": { topology: "two-tier", tailSampling: { enabled: true } },
    alertmanager: { alertmanager: { enabled: true } },
    destinations: {
        destinations: { vendor: { endpoint: "https://otlp.vendor.example", protocol: "http" } },
        azureMonitor: { enabled: true, connectionString: "InstrumentationKey=0" },
    },
};

interface Check {
    /** Folder in sandbox/modules that builds the program. */
    readonly module: string;
    readonly program: string;
    readonly args: readonly string[];
    /**
     * Name of the file in messages.
     *
     * @default "configuration"
     */
    readonly file?: string;
}

/**
 * The program that checks each configuration file. Excludes Loki, because the sandbox does not build it. amtool checks
 * the templates with the configuration that names them.
 */
const CHECKS: Readonly<Record<Exclude<keyof ConfigFiles, "loki" | "templates">, Check>> = {
    // The feature gate has no effect on other configuration.
    collector: { module: "collector", program: "otelcol-contrib", args: ["validate", LAMBDA_GATE, "--config"] },
    traces: { module: "collector", program: "otelcol-contrib", args: ["validate", "--config"] },
    jaeger: { module: "jaeger", program: "jaeger", args: ["validate", "--config"] },
    alertmanager: { module: "alertmanager", program: "amtool", args: ["check-config"] },
    prometheus: { module: "prometheus", program: "promtool", args: ["check", "config"] },
    rules: { module: "prometheus", program: "promtool", args: ["check", "rules"], file: "rules" },
};

/**
 * Checks the configuration files of the stacks with the programs that read them in the cluster.
 *
 * @param buildMissing Whether to build programs that are not cached. If false, skips their files with a message.
 * @throws when a program rejects a file, with the output of the program.
 */
export async function validateStacks(stacks: readonly string[], { buildMissing = false } = {}): Promise<void> {
    for (const stack of stacks) {
        await validateFiles(stack, await renderStackConfigFiles(stack), { buildMissing });
    }
}

/** Checks the configuration files of one stack. See {@link validateStacks}. */
export async function validateFiles(stack: string, files: ConfigFiles, { buildMissing = false } = {}): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-validate-"));
    try {
        const written = writeFiles(folder, files);
        for (const [toCheck, file] of [
            [CHECKS.collector, written.collector],
            [CHECKS.traces, written.traces],
            [CHECKS.jaeger, written.jaeger],
            [CHECKS.alertmanager, written.alertmanager],
            [CHECKS.prometheus, written.prometheus],
            [CHECKS.rules, written.rules],
        ] as const) {
            if (file !== undefined) {
                await runCheck(stack, toCheck, file, buildMissing);
            }
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** The names of files that other files refer to. */
const REFERRED_NAMES: Readonly<Partial<Record<keyof ConfigFiles, string>>> = {
    rules: RULES_FILE,
    templates: TEMPLATES_FILE,
};

/** Writes the files to a folder. */
function writeFiles(folder: string, files: ConfigFiles): ConfigFiles {
    return Object.fromEntries(
        (Object.entries(files) as [keyof ConfigFiles, string][]).map(([name, content]) => {
            const file = path.join(folder, REFERRED_NAMES[name] ?? `${name}.yaml`);
            fs.writeFileSync(file, content);
            return [name, file];
        }),
    );
}

/**
 * Runs the promtool unit tests in tests/promtool against the rules that the stack renders.
 *
 * @throws when a test fails, with the output of promtool.
 */
export async function testRules(): Promise<void> {
    for (const [folder, settings] of Object.entries(RULE_TEST_SETTINGS)) {
        await testRuleFolder(path.join(RULE_TESTS_DIRECTORY, folder), settings);
    }
}

async function testRuleFolder(from: string, settings: Settings): Promise<void> {
    const { module, program } = CHECKS.rules;
    const promtool = await buildProgram(module, program);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-rules-"));
    try {
        fs.writeFileSync(path.join(folder, RULES_FILE), (await renderConfigFiles(settings)).rules ?? "");
        const tests = fs.readdirSync(from);
        for (const test of tests) {
            fs.copyFileSync(path.join(from, test), path.join(folder, test));
        }
        const { failed, all } = await execa(promtool, ["test", "rules", ...tests], {
            all: true,
            cwd: folder,
            reject: false,
        });
        if (failed) {
            throw new Error(`the rule tests in ${path.relative(ROOT, from)} fail:\n${all}`);
        }
        console.log(`${program}: the rules pass the tests in ${path.relative(ROOT, from)}`);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

async function runCheck(stack: string, toCheck: Check, written: string, buildMissing: boolean): Promise<void> {
    const { module, program, args, file = "configuration" } = toCheck;
    const command = await findProgram(module, program, buildMissing);
    if (command === undefined) {
        console.log(
            `Stack ${stack}: skipping the check of the ${program} ${file}: ${program} is not built (run 'make check-config')`,
        );
        return;
    }
    const { failed, all } = await execa(command, [...args, written], { all: true, reject: false });
    if (failed) {
        throw new Error(`${program} rejects its ${file} of stack ${stack}:\n${all}`);
    }
    console.log(`Stack ${stack}: ${program} accepts its ${file}`);
}

async function findProgram(name: string, program: string, buildMissing: boolean): Promise<string | undefined> {
    if (buildMissing) {
        return buildProgram(name, program);
    }
    const module = findModule(name);
    const version = await readGoVersion();
    // Programs on PATH are not used: another version may accept other configuration.
    return version !== undefined && isBuilt(module, version)
        ? path.join(await build(module, version), program)
        : undefined;
}

/** Builds a program of a sandbox module unless it is cached, and returns its path. */
async function buildProgram(name: string, program: string): Promise<string> {
    return path.join(await buildModule(findModule(name)), program);
}

function findModule(name: string): GoModule {
    const module = SANDBOX_MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) {
        throw new Error(`sandbox/go-modules.ts has no module ${name}`);
    }
    return module;
}
