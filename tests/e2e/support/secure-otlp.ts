import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { DEFAULT_AUTHORITY, type Certificate, createAuthority, createCertificate } from "../../../sandbox/openssl";
import { sandboxEnv } from "../../../sandbox/environment";
import { NODE_IP } from "../../../sandbox/cluster-pki";
import { pulumiOutput, type Stack } from "../../../tools/stack/stack";
import { apply, NAMESPACE, sumCollectorMetric } from "./cluster";

const SECURE_SERVICE = `otel-collector-secure.${NAMESPACE}`;
const SERVER_CERTIFICATE: Omit<Certificate, "name"> = {
    subject: "/CN=otel-collector-secure",
    usage: "serverAuth",
    addresses: [`DNS:${SECURE_SERVICE}`, `DNS:${SECURE_SERVICE}.svc.cluster.local`, `IP:${NODE_IP}`],
};

/** A certificate, its key and the authority's certificate, as PEM. */
export interface Pem {
    readonly cert: string;
    readonly key: string;
    readonly ca: string;
}

/** A test certificate authority, in a directory that is deleted after the tests. */
export class TestAuthority {
    private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-e2e-pki-"));

    private constructor() {
        process.on("exit", () => {
            fs.rmSync(this.folder, { recursive: true, force: true });
        });
    }

    static async create(name: string): Promise<TestAuthority> {
        const authority = new TestAuthority();
        await createAuthority(authority.folder, DEFAULT_AUTHORITY, `/CN=${name}`);
        return authority;
    }

    /** Signs a new certificate for the secure OTLP listener, or for a server with the given addresses. */
    async signServer(addresses = SERVER_CERTIFICATE.addresses): Promise<Pem> {
        await createCertificate(this.folder, {
            ...SERVER_CERTIFICATE,
            name: "server",
            ...(addresses ? { addresses } : {}),
        });
        return this.read("server");
    }

    /** Signs a client certificate. */
    async signClient(): Promise<Pem> {
        await createCertificate(this.folder, { name: "client", subject: "/CN=sender", usage: "clientAuth" });
        return this.read("client");
    }

    private read(name: string): Pem {
        const file = (of: string): string => fs.readFileSync(path.join(this.folder, of), "utf8");
        return { cert: file(`${name}.crt`), key: file(`${name}.key`), ca: file("ca.crt") };
    }
}

/**
 * What a user does before `pulumi up` with a secure OTLP listener: create the Namespace and a Secret with the
 * certificate.
 */
export async function putCertificateSecret({ cert, key, ca }: Pem, name = "otel-collector-secure-tls"): Promise<void> {
    await apply(
        { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name, namespace: NAMESPACE },
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": cert, "tls.key": key, "ca.crt": ca },
        },
    );
}

/** The client's header, from the command in the stack's outputs. */
export async function getAuthorization(stack: Stack): Promise<string> {
    const { environment } = JSON.parse(await pulumiOutput(stack, ["stack", "output", "secureOtlp", "--json"])) as {
        readonly environment: { readonly OTEL_EXPORTER_OTLP_HEADERS: string };
    };
    const command = `printf %s ${environment.OTEL_EXPORTER_OTLP_HEADERS}`;
    const { stdout } = await execa("sh", ["-c", command], { env: sandboxEnv() });
    return decodeURIComponent(stdout).replace("Authorization=", "");
}

/** Numbers of responses. */
export interface ResponseCounts {
    readonly http: number;
    readonly grpc: number;
}

/** Number of unauthenticated requests, from the Collector's own metrics. */
export async function countUnauthenticated(): Promise<ResponseCounts> {
    return {
        http: await sumCollectorMetric('http_server_request_duration_count{http_response_status_code="401"}'),
        grpc: await sumCollectorMetric('rpc_server_call_duration_count{rpc_response_status_code="UNAUTHENTICATED"}'),
    };
}
