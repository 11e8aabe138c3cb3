import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readStackSettings } from "../../../tools/render/program";
import { removeDirectory, createTemporaryDirectory, runWithPath, writeCommands } from "../../support/fake-commands";
import { SCALARS, STACK_FILE_CASES } from "../../support/stack-files";

describe("readStackConfig", () => {
    let work: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const write = (file: string, content: string): void => {
        fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
        fs.writeFileSync(path.join(work, file), content);
    };

    for (const [text, value] of SCALARS) {
        it(`reads ${text} as Pulumi does`, () => {
            write("Pulumi.mine.yaml", `config:\n  otel-stack:collector:\n    a: ${text}\n  otel-stack:top: ${text}\n`);
            assert.deepEqual(readStackSettings("mine", work), { collector: { a: value }, top: value ?? "" });
        });
    }

    for (const { folder = "", project = "", settings, stackFile, title } of STACK_FILE_CASES) {
        it(`reads ${title}`, () => {
            write("Pulumi.yaml", `name: otel-stack\n${project}`);
            write(path.join(folder, "Pulumi.mine.yaml"), stackFile);
            assert.deepEqual(readStackSettings("organization/otel-stack/mine", work), settings);
        });
    }

    for (const [title, stackFile, message] of [
        [
            "infinity",
            "config: { a: .inf }",
            "Pulumi.mine.yaml:1, near key config.a: .inf is not a finite number; put text in quotes",
        ],
        [
            "a tag",
            "config: { a: !!int 010 }",
            "Pulumi.mine.yaml:1, near key config.a: Remove the tag tag:yaml.org,2002:int;",
        ],
        ["a tag of a map", "config: { a: !x { b: 1 } }", "Remove the tag !x;"],
        [
            "two merge keys",
            "x: &x { a: 1 }\nconfig: { b: { <<: *x, <<: *x } }",
            "A map has one merge key; write <<: [*a, *b]",
        ],
        [
            "a merge key in quotes",
            "x: &x { a: 1 }\nconfig: { b: { '<<': *x } }",
            "Pulumi reads << as a merge key, even in quotes",
        ],
        ["keys that are the same number", "config: { a: { 8: 1, 010: 2 } }", "Map keys must be unique"],
        ["a list as a key", "config: { [a]: 1 }", "A key must be a string"],
        ["an anchor in itself", "config: { a: &x { b: *x } }", "The value of anchor x contains the anchor"],
        [
            "two documents",
            "config: { a: 1 }\n---\nconfig: { a: 2 }",
            "Pulumi reads only the first YAML document; remove the others",
        ],
        [
            "another version of YAML",
            "%YAML 1.2\n---\nconfig: { a: 1 }",
            "Pulumi reads YAML 1.1; remove the %YAML directive",
        ],
        [
            "a line break of Unicode",
            "config: { a: x\u2028y }",
            "Pulumi reads the characters U+0085, U+2028 and U+2029 as line breaks",
        ],
        [
            "a key twice, with and without the project",
            "config: { a: 1, otel-stack:a: 2 }",
            "config sets otel-stack:a twice, with and without the project's name",
        ],
        ["a key with too many colons", "config: { a:b:c: 1 }", "config a:b:c must be a key such as otel-stack:size"],
        ["a list as configuration", "config: [a]", "Pulumi.mine.yaml: config must be a map"],
        ["a list as file", "- a", "Pulumi.mine.yaml: must be a map with the key config"],
    ] as const) {
        it(`rejects ${title}`, () => {
            write("Pulumi.mine.yaml", `${stackFile}\n`);
            assert.throws(() => readStackSettings("mine", work), new RegExp(escapeRegExp(message)));
        });
    }

    for (const [title, declaration, message] of [
        ["without a value", "a:", "must not be empty"],
        ["with an unknown field", "a: { retention: 7d }", "has the unknown field retention; put a map below `value`"],
        [
            "with an unknown type",
            "a: { type: number, default: 1 }",
            "has an unknown type; must be one of string, boolean,",
        ],
        ["with both value and default", "a: { value: 1, default: 2 }", "has both `value` and `default`"],
        ["with a default of another type", "a: { type: integer, default: x }", "must have the type integer"],
        ["of an array without its type", "a: { type: array, default: [x] }", "`items` must have the type"],
        [
            "of another project with a type",
            "kubernetes:context: { type: string, value: x }",
            "belongs to another project",
        ],
        ["with an encrypted value", "a: { value: { secure: v1:x } }", "is encrypted"],
        ["with a date", "a: { value: 2026-11-01 }", "2026-11-01 is a date, which Pulumi changes; put it in quotes"],
        ["that is there twice", "a: { default: 1 }\n  otel-stack:a: { default: 2 }", "config sets otel-stack:a twice"],
    ] as const) {
        it(`rejects a declaration in Pulumi.yaml ${title}`, () => {
            write("Pulumi.yaml", `name: otel-stack\nconfig:\n  ${declaration}\n`);
            write("Pulumi.mine.yaml", "config: {}\n");
            assert.throws(() => readStackSettings("mine", work), new RegExp(escapeRegExp(message)));
        });
    }

    it("reads Pulumi.yaml as pulumi new writes it", () => {
        write("Pulumi.yaml", "name: otel-stack\nconfig:\n  pulumi:tags: { value: { pulumi:template: otel-stack } }\n");
        write("Pulumi.mine.yaml", "config: { otel-stack:size: medium }\n");
        assert.deepEqual(readStackSettings("mine", work), { size: "medium" });
    });

    it("rejects a value whose type differs from the declaration in Pulumi.yaml", () => {
        write("Pulumi.yaml", "name: otel-stack\nconfig:\n  a: { type: integer }\n");
        write("Pulumi.mine.yaml", "config: { a: x }\n");
        assert.throws(
            () => readStackSettings("mine", work),
            /Pulumi\.mine\.yaml: config otel-stack:a must have the type integer/,
        );
    });

    it("reports a value that Pulumi.yaml requires and nothing sets", () => {
        write("Pulumi.yaml", "name: otel-stack\nconfig:\n  size: { type: string }\n");
        write("Pulumi.mine.yaml", "config: {}\n");
        assert.throws(() => readStackSettings("mine", work), /Pulumi\.yaml declares otel-stack:size without a default/);
    });

    describe("with an environment", () => {
        const readWith = (script: string): Promise<ReturnType<typeof readStackSettings>> => {
            const bin = path.join(work, "bin");
            writeCommands(bin, { pulumi: script });
            return runWithPath(bin, () => Promise.resolve().then(() => readStackSettings("mine", work)));
        };

        beforeEach(() => {
            write("Pulumi.mine.yaml", "environment: [team/production]\nconfig: { size: small }\n");
        });

        it("reads the values that Pulumi answers", async () => {
            const answer = {
                "otel-stack:size": { value: "large", secret: false },
                "otel-stack:loki": { value: '{"retention":"2d"}', objectValue: { retention: "2d" }, secret: false },
                "kubernetes:context": { value: "production", secret: false },
            };
            const settings = await readWith(
                `[ "$*" = "config --json --non-interactive --stack mine" ] && echo '${JSON.stringify(answer)}'`,
            );
            assert.deepEqual(settings, { size: "large", loki: { retention: "2d" } });
        });

        it("rejects a section with a secret and names it", async () => {
            await assert.rejects(
                readWith(`echo '{"otel-stack:destinations":{"secret":true}}'`),
                /otel-stack:destinations is encrypted in Pulumi\.mine\.yaml, and only Pulumi can decrypt it/,
            );
        });

        it("reports why Pulumi does not answer", async () => {
            await assert.rejects(
                readWith("echo 'error: no login' >&2; exit 1"),
                /Pulumi\.mine\.yaml: `environment` imports values .*: error: no login/,
            );
        });

        it("reports that Pulumi is missing", async () => {
            const empty = path.join(work, "empty");
            await assert.rejects(
                runWithPath(empty, () => Promise.resolve().then(() => readStackSettings("mine", work))),
                /`environment` imports values .*: the command pulumi is missing/,
            );
        });
    });
});

function escapeRegExp(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
