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
        why: "The README names the MIT license; the module has no license file.",
    },
    {
        name: "github.com/sourcegraph/appdash-data",
        why: "The module contains files of Appdash (MIT) as Go source, without the license file.",
    },
    {
        name: "qrcode-terminal",
        why: 'The package declares "Apache 2.0" in an older format, which npm omits from the lock file.',
    },
];

/** License notice of the AGPL. Every run checks that it is rejected. */
const AGPL_NOTICE = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU Affero
General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option)
any later version.`;

const recognizedSchema = z.object({ file: z.string(), licenses: z.array(z.string()), percent: z.number() });

/** Checks the licenses of all npm packages in lock files and of all compiled Go modules. */
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
        const control = { name: "agpl-control@1", usedBy: "control", texts: [file] };
        const findings = await checkLicenses([control], [], recognize);
        if (!findings.join().includes(" is under AGPL-3.0")) {
            throw new Error("the license check does not reject the AGPL");
        }
    } finally {
        fs.rmSync(file, { force: true });
    }
}

/** Lists the lock files of this checkout, including uncommitted ones. */
async function listLockFiles(): Promise<string[]> {
    const options = ["--cached", "--others", "--exclude-standard"];
    const { stdout } = await execa("git", ["ls-files", ...options, "*package-lock.json"], { cwd: ROOT });
    return stdout.split("\n");
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
