import * as fs from "node:fs";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";
import { readStackSettings } from "../render/program";
import { type Chart, renderStackChart } from "./chart";

/** Output folder of the charts. It can be deleted at any time. */
const CHARTS_FOLDER = path.join(ROOT, "build/charts");

/** Reads the version of this program from package.json. */
export function readProgramVersion(): string {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    return version;
}

/**
 * Writes the chart to a folder named after it. Replaces an existing folder.
 *
 * @param into Parent folder.
 * @returns the chart folder
 */
export function writeChart({ name, files }: Chart, into: string): string {
    const folder = path.join(into, name);
    fs.rmSync(folder, { recursive: true, force: true });
    for (const [file, content] of Object.entries(files)) {
        const target = path.join(folder, file);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, content);
    }
    return folder;
}

/** Packs the chart folder into a reproducible archive in the same parent folder, and returns its path. */
async function packChart({ name, version }: Chart, folder: string): Promise<string> {
    const archive = path.join(path.dirname(folder), `${name}-${version}.tgz`);
    const { stdout } = await execa(
        "tar",
        [
            "--sort=name",
            "--mtime=@0",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--mode=a+rX,go-w",
            "-C",
            path.dirname(folder),
            "-c",
            name,
        ],
        { encoding: "buffer" },
    );
    fs.writeFileSync(archive, gzipSync(stdout));
    return archive;
}

async function main(stack: string | undefined): Promise<void> {
    if (stack === undefined) {
        throw new Error("missing argument: the stack, for example: tools/helm/main.ts dev");
    }
    const chart = await renderStackChart(stack, readStackSettings(stack), readProgramVersion());
    const folder = writeChart(chart, CHARTS_FOLDER);
    const archive = await packChart(chart, folder);
    console.log(`${path.relative(ROOT, folder)}/\n${path.relative(ROOT, archive)}`);
}

if (require.main === module) {
    main(process.argv[2]).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
