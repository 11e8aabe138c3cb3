import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { ChangeKind, DiffResult } from "./provider";

const KINDS = {
    add: { change: PropertyDiff.Kind.ADD, replace: PropertyDiff.Kind.ADD_REPLACE },
    delete: { change: PropertyDiff.Kind.DELETE, replace: PropertyDiff.Kind.DELETE_REPLACE },
    update: { change: PropertyDiff.Kind.UPDATE, replace: PropertyDiff.Kind.UPDATE_REPLACE },
} as const satisfies Record<ChangeKind, object>;

export function diffResponse({ changes, replaces, deleteBeforeReplace }: DiffResult): DiffResponse {
    const response = new DiffResponse();
    const some = changes.size > 0 || replaces.length > 0;
    response.setChanges(some ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
    response.setReplacesList([...replaces]);
    // The engine's short form names properties of the first level only.
    response.setDiffsList([...new Set([...changes.keys()].map((path) => path.replace(/[.[].*$/s, "")))]);
    response.setDeletebeforereplace(deleteBeforeReplace);
    response.setHasdetaileddiff(true);
    for (const [path, kind] of changes) {
        const { change, replace } = KINDS[kind];
        const diff = new PropertyDiff().setKind(replaces.includes(path) ? replace : change).setInputdiff(true);
        response.getDetaileddiffMap().set(path, diff);
    }
    return response;
}
