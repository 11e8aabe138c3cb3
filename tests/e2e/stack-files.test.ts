import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";
import { isRecord } from "../../config/types/raw";
import { tryParseCpu, tryParseSize } from "../../config/types/units";
import { type Manifest, readStackSettings, renderProgram, unwrapSecrets } from "../../tools/render/program";
import { resolveStack, SANDBOX_STACK } from "../../tools/stack/stack";
import { SCALARS, STACK_FILE_CASES, type StackFileCase } from "../support/stack-files";
import { needsSandbox } from "./support/target";

needsSandbox("it compares with the Pulumi CLI and the provider of the sandbox");

/** Stack of a backend that these tests have to themselves. */
const STACK = "mine";
/** The provider writes manifests into this folder, so that it needs no cluster. */
const RENDER_SETTING = "kubernetes:renderYamlToDirectory";

interface PulumiPreview {
    readonly config: Readonly<Record<string, string>>;
    readonly steps: readonly {
        readonly newState?: { readonly type: string; readonly external?: boolean; readonly inputs: unknown };
    }[];
}

describe("stack files", () => {
    const work = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-files-"));
    const env = {
        ...resolveStack(SANDBOX_STACK).env,
        PULUMI_BACKEND_URL: `file://${work}`,
        PULUMI_CONFIG_PASSPHRASE: "e2e",
    };

    after(() => {
        fs.rmSync(work, { recursive: true });
    });

    let projects = 0;

    /** Creates a project with the program of this checkout and its own stack file. */
    async function createProject({ folder = "", project = "", stackFile }: Omit<StackFileCase, "settings" | "title">) {
        const root = path.join(work, `project-${(projects += 1)}`);
        fs.mkdirSync(path.join(root, folder), { recursive: true });
        for (const name of fs.readdirSync(ROOT).filter((file) => !file.startsWith("Pulumi."))) {
            fs.symlinkSync(path.join(ROOT, name), path.join(root, name));
        }
        fs.writeFileSync(
            path.join(root, "Pulumi.yaml"),
            fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8") + project,
        );
        const file = path.join(root, folder, `Pulumi.${STACK}.yaml`);
        await execa("pulumi", ["stack", "select", "--create", STACK, "--non-interactive"], { cwd: root, env });
        const salt = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
        fs.writeFileSync(file, salt + stackFile);
        return root;
    }

    async function readPulumiConfig(root: string): Promise<Readonly<Record<string, string>>> {
        const { stdout } = await execa("pulumi", ["config", "--json", "--stack", STACK], { cwd: root, env });
        return Object.fromEntries(
            Object.entries(JSON.parse(stdout) as Record<string, { readonly value: string }>).map(([key, { value }]) => [
                key,
                value,
            ]),
        );
    }

    it("have the values that Pulumi reads from scalars", async () => {
        const lines = SCALARS.flatMap(([text], index) => [
            `  otel-stack:top${index}: ${text}`,
            `  otel-stack:section${index}:`,
            `    a: ${text}`,
        ]);
        const root = await createProject({ stackFile: `config:\n${lines.join("\n")}\n` });
        const config = await readPulumiConfig(root);
        for (const [index, [text, value]] of SCALARS.entries()) {
            const section: unknown = JSON.parse(config[`otel-stack:section${index}`] ?? "");
            assert.deepEqual(section, { a: value }, text);
            assert.deepEqual(parseText(config[`otel-stack:top${index}`] ?? ""), parseText(formatText(value)), text);
        }
    });

    for (const { settings, title, ...files } of STACK_FILE_CASES) {
        it(`have the values that Pulumi reads from ${title}`, async () => {
            const config = await readPulumiConfig(await createProject(files));
            const expected = Object.entries(settings).map(
                ([key, value]) => [`otel-stack:${key}`, formatText(value)] as const,
            );
            assert.deepEqual(sortKeys(mapTexts(config)), sortKeys(mapTexts(Object.fromEntries(expected))));
        });
    }

    const own = ["dev", "sandbox", "secure"].map((name) => ({
        title: `Pulumi.${name}.yaml`,
        stackFile: fs
            .readFileSync(path.join(ROOT, `Pulumi.${name}.yaml`), "utf8")
            .replace(/^encryptionsalt: .*\n/m, ""),
    }));
    const merged = {
        title: "keys without the project's name, merge keys and YAML 1.1 numbers",
        project:
            "config:\n  otel-stack:size: { type: string, default: medium }\n  loki: { value: { retention: 2d } }\n",
        stackFile: [
            "config:",
            "  otel-stack:collector:",
            "    resources: { limits: &small { memory: 400Mi, cpu: 0.50 } }",
            "  prometheus:",
            "    resources: { limits: { <<: *small, memory: 700Mi } }",
            "  jaeger: { maxSpansPerTrace: 01_000 }",
            "  otel-stack:grafana:",
            "    # enabled: false",
            "",
        ].join("\n"),
    };

    for (const { title, ...files } of [...own, merged]) {
        it(`render the objects that Pulumi previews for ${title}`, async () => {
            const output = path.join(work, "manifests");
            const root = await createProject({
                ...files,
                stackFile: `${files.stackFile.trimEnd()}\n  ${RENDER_SETTING}: ${output}\n`,
            });
            const { stdout } = await execa("pulumi", ["preview", "--json", "--stack", STACK, "--non-interactive"], {
                cwd: root,
                env,
            });
            const preview = JSON.parse(stdout) as PulumiPreview;
            const { recorder } = await renderProgram(readStackSettings(STACK, root), STACK);
            const previewed = preview.steps.flatMap(({ newState }) =>
                newState !== undefined && newState.type.startsWith("kubernetes:") && newState.external !== true
                    ? [unwrapSecrets(newState.inputs) as Manifest]
                    : [],
            );
            assert.ok(previewed.length > 10, `${previewed.length} objects`);
            assert.deepEqual(indexObjects(previewed), indexObjects(recorder.manifests));
        });
    }
});

function formatText(value: unknown): string {
    return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

/** Pulumi passes numbers as text and maps as JSON, with their keys in any order. */
function parseText(value: string): unknown {
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}

function mapTexts(config: Readonly<Record<string, string>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, parseText(value)]));
}

function sortKeys(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const QUANTITIES = ["memory", "storage", "sizeLimit", "ephemeral-storage"];

/** The provider omits empty lists, and writes quantities in their shortest form. */
function normalize(value: unknown, key = ""): unknown {
    if (Array.isArray(value)) {
        return value.map((item: unknown) => normalize(item));
    }
    if (isRecord(value)) {
        const entries = Object.entries(value).filter(([, child]) => !(Array.isArray(child) && child.length === 0));
        return Object.fromEntries(entries.map(([name, child]) => [name, normalize(child, name)]));
    }
    if (typeof value === "string" && QUANTITIES.includes(key)) {
        return tryParseSize(value);
    }
    return typeof value === "string" && key === "cpu" ? tryParseCpu(value) : value;
}

/** The objects by kind and name. The values of Secrets differ: Pulumi generates passwords. */
function indexObjects(objects: readonly Manifest[]): Readonly<Record<string, unknown>> {
    return sortKeys(
        Object.fromEntries(
            objects.map((object) => [
                `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`,
                object.kind === "Secret" ? object.metadata : normalize(object),
            ]),
        ),
    );
}
