import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { ROOT } from "../../sandbox/directories";
import { CHART_MODULES, E2E_MODULES, LINT_MODULES, SANDBOX_MODULES } from "../../sandbox/go-modules";
import { buildTool } from "../checks/build-tool";
import { listCompiledModules } from "./go-modules";
import { type LicenseException, type Dependency, checkLicenses, type RecognizedFile } from "./licenses";
import { listLockedPackages } from "./npm-packages";

const EXCEPTIONS: readonly LicenseException[] = [
    {
        name: "github.com/mattn/go-localereader",
        why: "Its README says MIT; the module has no license file.",
    },
    {
        name: "github.com/sourcegraph/appdash-data",
        why: "Files of Appdash (MIT) as Go source, in a module of their own without the license file.",
    },
    {
        name: "qrcode-terminal",
        why: 'It declares "Apache 2.0" in an older form, which npm leaves out of the lock file.',
    },
];

/** The notice of a program under the AGPL: what the check has to find, on every run. */
const AGPL_NOTICE = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU Affero
General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option)
any later version.`;

const recognizedSchema = z.object({ file: z.string(), licenses: z.array(z.string()), percent: z.number() });

/** Prints every npm package of a lock file, and every Go module that is compiled, whose license is not allowed. */
async function main(): Promise<void> {
    const program = await buildTool("licenses");
    const recognize = async (files: readonly string[]): Promise<RecognizedFile[]> => {
        const { stdout } = await execa(program, { input: files.join("\n") });
        return stdout
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => recognizedSchema.parse(JSON.parse(line)));
    };
    await assertRejectsAgpl(recognize);
    const dependencies: Dependency[] = (await listLockFiles()).flatMap((file) => listLockedPackages(file));
    for (const module of [...SANDBOX_MODULES, ...LINT_MODULES, ...CHART_MODULES, ...E2E_MODULES]) {
        dependencies.push(...(await listCompiledModules(module)));
    }
    for (const finding of await checkLicenses(dependencies, EXCEPTIONS, recognize)) {
        console.error(`licenses: ${finding}`);
        process.exitCode = 1;
    }
}

async function assertRejectsAgpl(recognize: (files: readonly string[]) => Promise<RecognizedFile[]>): Promise<void> {
    const file = path.join(os.tmpdir(), `otel-stack-license-${randomUUID()}`);
    try {
        fs.writeFileSync(file, AGPL_NOTICE);
        const control = { name: "a program under the AGPL@1", usedBy: "control", texts: [file] };
        const findings = await checkLicenses([control], [], recognize);
        if (!findings.join().includes(" is under AGPL-3.0")) {
            throw new Error("the check of licenses no longer refuses the AGPL");
        }
    } finally {
        fs.rmSync(file, { force: true });
    }
}

/** Those of this checkout, committed or not. */
async function listLockFiles(): Promise<string[]> {
    const options = ["--cached", "--others", "--exclude-standard"];
    const { stdout } = await execa("git", ["ls-files", ...options, "*package-lock.json"], { cwd: ROOT });
    return stdout.split("\n");
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
