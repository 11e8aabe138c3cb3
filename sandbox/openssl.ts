import { execa } from "execa";

export interface Certificate {
    /** Of its files: `NAME.crt` and `NAME.key`. */
    readonly name: string;
    /**
     * Name of the authority that signs it.
     *
     * @default AUTHORITY
     */
    readonly authority?: string;
    /** Such as `/O=group/CN=user`. */
    readonly subject: string;
    readonly usage: "clientAuth" | "serverAuth" | "clientAuth,serverAuth";
    /** Where a server is reached, such as `DNS:localhost` or `IP:127.0.0.1`. */
    readonly addresses?: readonly string[];
}

/** Name of the authority, unless there are several. */
export const DEFAULT_AUTHORITY = "ca";

/** Makes an authority in that folder: `NAME.crt` and `NAME.key`. */
export async function createAuthority(folder: string, name: string, subject: string): Promise<void> {
    await runOpenssl(folder, ["req", "-x509", ...newKeyArgs(name), "-subj", subject, "-days", "3650"]);
}

/** Makes a certificate of an authority of that folder, in place of one of the same name. */
export async function createCertificate(folder: string, certificate: Certificate): Promise<void> {
    const { name, authority = DEFAULT_AUTHORITY, subject, usage, addresses } = certificate;
    const extensions = [
        `extendedKeyUsage=${usage}`,
        "basicConstraints=critical,CA:FALSE",
        ...(addresses ? [`subjectAltName=${addresses.join(",")}`] : []),
    ];
    await runOpenssl(folder, [
        "req",
        "-x509",
        ...newKeyArgs(name),
        ...["-CA", `${authority}.crt`, "-CAkey", `${authority}.key`],
        ...["-subj", subject, "-days", "3650"],
        ...extensions.flatMap((extension) => ["-addext", extension]),
    ]);
}

export async function runOpenssl(folder: string, args: readonly string[]): Promise<void> {
    await execa("openssl", args, { cwd: folder });
}

function newKeyArgs(name: string): string[] {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    return [...curve, "-keyout", `${name}.key`, "-out", `${name}.crt`];
}
