import satisfies from "spdx-satisfies";

/**
 * SPDX identifiers of the licenses that a dependency may have. Excludes the AGPL and other licenses with terms for the
 * work as a whole.
 */
const ALLOWED: readonly string[] = [
    "0BSD",
    "Apache-2.0",
    "Artistic-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-2-Clause-Views",
    "BSD-3-Clause",
    "CC-BY-3.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "Unicode-DFS-2016",
    "Unlicense",
];

/**
 * Minimum percentage of a text that must match known licenses for the text to be recognized. Copyright notices and
 * headings do not match.
 */
const RECOGNIZED_PERCENT = 75;

/** A package or module that the project builds or runs with. */
export interface Dependency {
    /** Name with the version. */
    readonly name: string;
    /** File or folder of the project that requires the dependency. */
    readonly usedBy: string;
    /** License that the package declares, usually an SPDX expression. */
    readonly declared?: string;
    /** Paths of its license files. Used when it declares no SPDX expression. */
    readonly texts: readonly string[];
}

/** The recognized licenses of a license file. */
export interface RecognizedFile {
    readonly file: string;
    /** SPDX identifiers. */
    readonly licenses: readonly string[];
    /** Percentage of the text that matches these licenses. */
    readonly percent: number;
}

/** A dependency whose license cannot be recognized, and the reason to accept it. */
export interface LicenseException {
    /** Name without the version. */
    readonly name: string;
    readonly why: string;
}

/**
 * Returns a message for each dependency with a license that is not allowed or not recognized, and for each unused
 * exception.
 *
 * @param recognize Recognizes the licenses of license files.
 */
export async function checkLicenses(
    dependencies: readonly Dependency[],
    accepted: readonly LicenseException[],
    recognize: (files: readonly string[]) => Promise<readonly RecognizedFile[]>,
): Promise<string[]> {
    const undeclared = dependencies.filter(({ declared }) => isAllowed(declared) === undefined);
    const files = [...new Set(undeclared.flatMap(({ texts }) => texts))];
    const recognized = new Map((await recognize(files)).map((text) => [text.file, text]));
    const needed = new Set<LicenseException>();
    const findings = dependencies.flatMap((dependency) => {
        const finding = checkDependency(dependency, recognized);
        const exception = accepted.find(({ name }) => dependency.name.startsWith(`${name}@`));
        if (finding === undefined || exception === undefined) {
            return finding ?? [];
        }
        needed.add(exception);
        return [];
    });
    const unneeded = accepted.filter((exception) => !needed.has(exception));
    return [...findings, ...unneeded.map(({ name }) => `${name} does not need an exception: remove it`)];
}

/** Returns undefined when the text is not an SPDX expression. */
function isAllowed(expression: string | undefined): boolean | undefined {
    if (expression === undefined) {
        return undefined;
    }
    try {
        return satisfies(expression, [...ALLOWED]);
    } catch {
        return undefined;
    }
}

function checkDependency(
    { name, usedBy, declared, texts }: Dependency,
    recognized: ReadonlyMap<string, RecognizedFile>,
): string | undefined {
    const finding = (what: string): string => `${usedBy}: ${name} ${what}`;
    switch (isAllowed(declared)) {
        case true:
            return undefined;
        case false:
            return finding(`is under ${declared ?? ""}`);
        case undefined:
    }
    if (texts.length === 0) {
        return finding(`has no license file${declared === undefined ? "" : `, and declares "${declared}"`}`);
    }
    for (const file of texts) {
        const { licenses, percent } = recognized.get(file) ?? { licenses: [], percent: 0 };
        const disallowed = licenses.filter((license) => !ALLOWED.includes(license));
        if (disallowed.length > 0) {
            return finding(`is under ${[...new Set(disallowed)].join(" and ")} (${file})`);
        }
        if (percent < RECOGNIZED_PERCENT) {
            return finding(`has a license that is not recognized (${file})`);
        }
    }
    return undefined;
}
