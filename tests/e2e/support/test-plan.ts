import * as fs from "node:fs";
import * as path from "node:path";
import { DEPLOY_TEST, TEST_SUFFIX } from "./shards";
import { NODES_VARIABLE } from "./target";

const E2E_DIRECTORY = path.resolve(__dirname, "..");

/** Files of tests/e2e for a cluster: those that run on it, and those that do not, each with the reason. */
export interface TestPlan {
    readonly files: readonly string[];
    readonly leftOut: Readonly<Record<string, string>>;
}

/** Names of all test files. */
export function listTestFiles(directory: string = E2E_DIRECTORY): string[] {
    return fs
        .readdirSync(directory)
        .filter((file) => file.endsWith(TEST_SUFFIX))
        .sort();
}

/**
 * Selects the files for the sandbox or for an external cluster. The file that deploys the stack is always included.
 *
 * @param asked Names of the wanted files, with or without `.test.ts`. Empty selects all.
 * @throws if a file does not exist, or a wanted file cannot run on the cluster.
 */
export function planTests(
    cluster: "sandbox" | "own",
    asked: readonly string[],
    folder: string = E2E_DIRECTORY,
): TestPlan {
    const files = listTestFiles(folder);
    const wanted = asked.map((name) => `${name.replace(/\.test(\.ts)?$/, "")}${TEST_SUFFIX}`);
    const unknown = wanted.filter((name) => !files.includes(name));
    if (unknown.length > 0) {
        throw new Error(`tests/e2e has no ${unknown.join(" and no ")}; it has ${files.join(", ")}`);
    }
    const chosen =
        wanted.length === 0
            ? files
            : files.filter((file) => file === `${DEPLOY_TEST}${TEST_SUFFIX}` || wanted.includes(file));
    const leftOut = Object.fromEntries(
        chosen.flatMap((file) => {
            const why = findSkipReason(cluster, path.join(folder, file), wanted.includes(file));
            return why === undefined ? [] : [[file, why]];
        }),
    );
    const refused = Object.entries(leftOut).find(([file]) => wanted.includes(file));
    if (refused !== undefined) {
        throw new Error(
            `${refused[0]} does not run on ${cluster === "own" ? "this cluster" : "the sandbox"}: ${refused[1]}`,
        );
    }
    return { files: chosen.filter((file) => leftOut[file] === undefined), leftOut };
}

/**
 * The reason in a file why it does not run on the cluster. Read from its text, because only mocha can load it.
 *
 * @param wanted Whether the file is selected by name.
 */
function findSkipReason(cluster: "sandbox" | "own", file: string, wanted: boolean): string | undefined {
    const allowsLongRun = wanted || process.env[NODES_VARIABLE] === "2";
    const declarations =
        cluster === "own"
            ? ["needsSandbox", "needsTwoNodes", "needsLongRun"]
            : ["needsOwnCluster", ...(allowsLongRun ? [] : ["needsTwoNodes", "needsLongRun"])];
    const text = fs.readFileSync(file, "utf8");
    return declarations.map((declaration) => findReason(declaration, file, text)).find((why) => why !== undefined);
}

function findReason(declaration: string, file: string, text: string): string | undefined {
    const [, why] = new RegExp(`^${declaration}\\(\\s*"([^"]+)",?\\s*\\);$`, "m").exec(text) ?? [];
    if (why === undefined && new RegExp(`^${declaration}\\(`, "m").test(text)) {
        throw new Error(`${file} has to declare ${declaration}("...") with one text in double quotes`);
    }
    return why;
}
