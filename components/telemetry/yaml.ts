import { stringify } from "yaml";

/** Renders a configuration file. The same content gives the same text, whatever the order of keys. */
export function renderYaml(document: object): string {
    return stringify(document, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}
