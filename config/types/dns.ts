import * as z from "zod";
import { stringType } from "./values";

/** Maximum length of a DNS label (RFC 1123). */
export const DNS_LABEL_LENGTH = 63;

/** The name of a Namespace or Service (RFC 1123). */
export const dnsLabel = stringType(
    "DNS label",
    "a DNS label (a-z, 0-9 and -, at most 63 characters, a letter or digit at both ends)",
    (value) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(value),
);

/** The name of an object that may have dots, such as a StorageClass (RFC 1123). */
export const dnsSubdomain = stringType(
    "DNS subdomain",
    "a DNS subdomain (a-z, 0-9, - and ., at most 253 characters, a letter or digit at both ends)",
    isDnsSubdomain,
);

/** The class of a claim. The empty one, unlike no class, never means the cluster's default. */
export const storageClassName = stringType(
    "DNS subdomain, or empty",
    "the name of a StorageClass (a-z, 0-9, - and ., at most 253 characters, a letter or digit at both ends), or empty for volumes without a class",
    (value) => value === "" || isDnsSubdomain(value),
);

/** The name of an object, or none where a general setting has one. */
export const objectNameOrEmpty = stringType(
    "DNS subdomain, or empty",
    "the name of an object (a-z, 0-9, - and ., at most 253 characters, a letter or digit at both ends), or empty",
    (value) => value === "" || isDnsSubdomain(value),
);

export function isDnsSubdomain(value: string): boolean {
    return value.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(value);
}

/** A hostname for Ingresses and routes: not an IP address, no wildcard. */
export const hostname = stringType(
    "hostname",
    "a hostname such as grafana.example.com, without path or wildcards, and not an IP address",
    (value) => isDnsSubdomain(value) && !/(?:^|\.)\d+$/.test(value),
);

/** The path of a URL, below which a UI has all its pages. */
export const urlPath = stringType(
    "URL path",
    "a path such as /grafana (letters, digits, ., _, ~ and -, no / at the end)",
    (value) => /^(?:\/[\w~-][\w.~-]*)+$/.test(value),
);

export const dnsLabels = z
    .array(dnsLabel, { error: "must be a list of names, such as [kube-system]" })
    .describe("list of DNS labels");

export const dnsSubdomains = z
    .array(dnsSubdomain, { error: "must be a list of names, such as [registry-credentials]" })
    .describe("list of DNS subdomains");
