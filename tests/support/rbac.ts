import type { Manifest } from "../../tools/render/program";

/** Whether objects of that kind have to do with rights on the API. */
export function isRbac(kind: string): boolean {
    return /Role$|RoleBinding$|^ServiceAccount$/.test(kind);
}

interface Rule {
    readonly resources?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
    readonly verbs: readonly string[];
}

/** Each verb of a role; of any other object that has to do with rights, what it is. */
export function listPermissions(manifest: Manifest): string[] {
    const { kind, metadata } = manifest;
    const rules = (manifest.rules ?? []) as readonly Rule[];
    return kind.endsWith("Role")
        ? rules.flatMap(({ resources = [], nonResourceURLs = [], verbs }) =>
              [...resources, ...nonResourceURLs].flatMap((what) =>
                  verbs.map((verb) => `${metadata.name}: ${verb} ${what}`),
              ),
          )
        : [`${kind} ${metadata.name}`];
}
