/**
 * The page of a release in the Temporal UI. Encoded so that it can stand in Markdown: an id holds
 * slashes, which are part of one segment there.
 *
 * @param ui address of the UI: `https://cloud.temporal.io`; without it there is no page to name
 */
export function pageOf(ui: string | undefined, namespace: string, id: string): string | undefined {
  if (ui === undefined || !/^https?:\/\/[^\s()<>]+$/.test(ui)) return undefined
  const [ns, workflow] = [namespace, id].map((part) =>
    encodeURIComponent(part).replaceAll(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  )
  return `${ui.replace(/\/+$/, '')}/namespaces/${ns}/workflows/${workflow}`
}
