import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { ROOT } from "../sandbox/directories";

const FOLDERS = ["bench", "components", "config", "sandbox", "shop/src", "tests", "tools"];

/** The first word of a function that does something, or that answers yes or no. */
const VERBS = [
    ...[
        "add",
        "allow",
        "apply",
        "assert",
        "await",
        "bind",
        "block",
        "build",
        "bundle",
        "call",
        "check",
        "collect",
        "compare",
    ],
    ...["configure", "connect", "contains", "convert", "count", "create", "deploy", "derive", "describe", "destroy"],
    ...[
        "diagnose",
        "drain",
        "drop",
        "end",
        "ensure",
        "escape",
        "evict",
        "exclude",
        "export",
        "extract",
        "fetch",
        "find",
    ],
    ...[
        "force",
        "forward",
        "format",
        "generate",
        "get",
        "group",
        "has",
        "install",
        "is",
        "keep",
        "kill",
        "launch",
        "list",
        "load",
        "lock",
    ],
    ...[
        "log",
        "make",
        "mark",
        "measure",
        "mount",
        "move",
        "needs",
        "nest",
        "override",
        "pack",
        "open",
        "parse",
        "pause",
        "plan",
    ],
    ...["poll", "post", "prepare", "preview", "print", "provide", "put", "query", "read", "record", "refresh"],
    ...["remove", "rename", "render", "renew", "report", "require", "resolve", "retains", "round", "run", "scale"],
    ...["select", "send", "serve", "spread", "start", "stop", "strip", "suggest", "sum", "templatize", "test", "trace"],
    ...["try", "unblock", "uncordon", "unlock", "unwrap", "use", "uses", "validate", "verify", "wait", "write"],
];

/** The last word of a function that computes one value and does nothing else. It says what the value is. */
const VALUES = [
    ...["args", "bytes", "cidr", "dashboard", "endpoint", "endpoints", "env", "flows", "folder", "headers", "hosts"],
    ...["id", "ids", "job", "kind", "label", "labels", "limit", "limits", "line", "matcher", "mib", "name", "names"],
    ...["output", "outputs", "panel", "path", "peers", "percent", "pid", "pids", "port", "program", "queries", "ref"],
    ...["replicas", "routes", "seconds", "security", "size", "streams", "targets", "traces", "type", "url"],
];

/** Functions with another name, and the reason. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
    "declare a setting or a value type": [
        ...["duration", "integer", "numberBetween", "positiveNumber", "resources", "setting"],
    ],
    "combine rules": ["forEachTier", "forTraceTier", "requiresEnabled"],
    "compute a value that another word ends": [
        ...["jaegerAcceptsHttp", "maxBatchesInMemory", "secondsUntilFull"],
        ...["labelsFor", "selectorFor", "goDuration", "goMemLimit", "progressDeadline", "secretKeys", "median"],
        ...["percentile", "runningNodes", "firstLogStore", "errorResponse", "staticConnection"],
    ],
    "are a part of a pod": ["preStopSleep", "probes"],
    "are a query or an alert": [
        ...["alert", "destinationAlerts", "failuresByExporter", "internalGauge", "internalRate"],
        "alertmanagerAlerts",
        "victoriaLogsAlerts",
    ],
    "have the name of their command": ["down", "kubectl", "pulumi", "pulumiDestroy", "pulumiUp", "status", "up"],
    "have the name that other libraries have for it": ["eventually"],
};

const AWKWARD = /^(from|of|to|with)[A-Z]|[a-z](Of|In|With)$/;

/** `maxDiskUsageMiB` is `max`, `disk`, `usage`, `mib`. */
function splitName(name: string): string[] {
    return name
        .replace("MiB", "Mib")
        .split(/(?=[A-Z])/)
        .map((word) => word.toLowerCase());
}

function isWellNamed(name: string): boolean {
    const words = splitName(name);
    return (
        !AWKWARD.test(name) &&
        (VERBS.includes(words[0] ?? "") ||
            VALUES.includes(words.at(-1) ?? "") ||
            Object.values(EXCEPTIONS).some((names) => names.includes(name)))
    );
}

/** The names of the exported functions of a module, also of those that are constants. */
function listExportedFunctions(source: ts.SourceFile): string[] {
    return source.statements.flatMap((statement) => {
        const isExported =
            ts.canHaveModifiers(statement) &&
            ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
        if (!isExported) {
            return [];
        }
        if (ts.isFunctionDeclaration(statement)) {
            return statement.name === undefined ? [] : [statement.name.text];
        }
        return ts.isVariableStatement(statement)
            ? statement.declarationList.declarations.flatMap(({ name, initializer }) =>
                  initializer !== undefined && ts.isArrowFunction(initializer) && ts.isIdentifier(name)
                      ? [name.text]
                      : [],
              )
            : [];
    });
}

function listModules(): string[] {
    return FOLDERS.flatMap((folder) =>
        fs
            .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
            .map((file) => path.posix.join(folder, file)),
    );
}

describe("names of exported functions", () => {
    const functions = listModules().flatMap((file) =>
        listExportedFunctions(
            ts.createSourceFile(file, fs.readFileSync(path.join(ROOT, file), "utf8"), ts.ScriptTarget.ES2022),
        ).map((name) => ({ file, name })),
    );

    it("start with a verb or end with the value that they compute", () => {
        assert.ok(functions.length > 500, `${functions.length} functions`);
        assert.deepEqual(
            functions.filter(({ name }) => !isWellNamed(name)).map(({ file, name }) => `${file}: ${name}`),
            [],
        );
    });

    it("has no exception that is not needed", () => {
        const names = functions.map(({ name }) => name);
        assert.deepEqual(
            Object.values(EXCEPTIONS)
                .flat()
                .filter((name) => !names.includes(name)),
            [],
        );
    });

    for (const name of ["messageOf", "toManifest", "withLabels", "workload", "autoscaler", "keysIn"]) {
        it(`rejects ${name}`, () => {
            assert.ok(!isWellNamed(name));
        });
    }
});
