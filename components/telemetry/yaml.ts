import { stringify } from "yaml";

/** A configuration file: the same text for the same content, whatever order it was put together in. */
export function renderYaml(document: object): string {
    return stringify(document, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}
