import * as fs from "node:fs";
import * as path from "node:path";

const FOLDER = path.resolve(__dirname, "..");

/** Files of tests/e2e for a cluster: those that run on it, and those that do not, each with the reason. */
export interface Plan {
    readonly files: readonly string[];
    readonly leftOut: Readonly<Record<string, string>>;
}

/** Makes the stack that other files change. */
const DEPLOYS = "1-deploy";

/** Names of all files with tests. */
export function allFiles(folder: string = FOLDER): string[] {
    return fs
        .readdirSync(folder)
        .filter((file) => file.endsWith(".test.ts"))
        .sort();
}

/**
 * Which files run on the sandbox, or on a cluster of one's own.
 *
 * @param asked How the names of the wanted files begin; all files where none is asked for.
 * @throws Where no file begins so, or one that was asked for cannot run on the cluster.
 */
export function planFor(cluster: "sandbox" | "own", asked: readonly string[], folder: string = FOLDER): Plan {
    const files = allFiles(folder);
    const unknown = asked.filter((start) => !files.some((file) => file.startsWith(start)));
    if (unknown.length > 0) {
        throw new Error(`no file of tests/e2e begins with ${unknown.join(" or ")}; there are ${files.join(", ")}`);
    }
    const starts = asked.length === 0 ? [""] : [DEPLOYS, ...asked];
    const chosen = files.filter((file) => starts.some((start) => file.startsWith(start)));
    const leftOut = Object.fromEntries(
        chosen.flatMap((file) => {
            const why = reasonAgainst(cluster, path.join(folder, file));
            return why === undefined ? [] : [[file, why]];
        }),
    );
    const refused = Object.entries(leftOut).find(([file]) => asked.some((start) => file.startsWith(start)));
    if (refused !== undefined) {
        throw new Error(
            `${refused[0]} does not run on ${cluster === "own" ? "this cluster" : "the sandbox"}: ${refused[1]}`,
        );
    }
    return { files: chosen.filter((file) => leftOut[file] === undefined), leftOut };
}

/** What a file declares that keeps it from running on the cluster; read from its text, as mocha alone can load it. */
function reasonAgainst(cluster: "sandbox" | "own", file: string): string | undefined {
    const declaration = cluster === "own" ? "needsSandbox" : "needsOwnCluster";
    const text = fs.readFileSync(file, "utf8");
    const [, why] = new RegExp(`^${declaration}\\(\\s*"([^"]+)",?\\s*\\);$`, "m").exec(text) ?? [];
    if (why === undefined && new RegExp(`^${declaration}\\(`, "m").test(text)) {
        throw new Error(`${file} has to declare ${declaration}("...") with one text in double quotes`);
    }
    return why;
}
