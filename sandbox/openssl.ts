import { execa } from "execa";

export interface Certificate {
    /** Base name of its files `NAME.crt` and `NAME.key`. */
    readonly name: string;
    /**
     * Name of the signing authority.
     *
     * @default DEFAULT_AUTHORITY
     */
    readonly authority?: string;
    /** Distinguished name, for example `/O=group/CN=user`. */
    readonly subject: string;
    readonly usage: "clientAuth" | "serverAuth" | "clientAuth,serverAuth";
    /** Subject alternative names of a server, for example `DNS:localhost` or `IP:127.0.0.1`. */
    readonly addresses?: readonly string[];
}

/** Default name of an authority. */
export const DEFAULT_AUTHORITY = "ca";

/** Creates an authority in a folder: `NAME.crt` and `NAME.key`. */
export async function createAuthority(folder: string, name: string, subject: string): Promise<void> {
    await runOpenssl(folder, ["req", "-x509", ...newKeyArgs(name), "-subj", subject, "-days", "3650"]);
}

/** Creates a certificate that an authority in the same folder signs. Replaces a certificate of the same name. */
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
