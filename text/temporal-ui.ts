/**
 * URL of a release's page in the Temporal UI. The slashes of an id are encoded as part of one
 * segment, and parentheses so that the URL can be used in Markdown.
 *
 * @param ui address of the UI, such as `https://cloud.temporal.io`; `undefined` gives `undefined`
 */
export function pageOf(ui: string | undefined, namespace: string, id: string): string | undefined {
  if (ui === undefined || !/^https?:\/\/[^\s()<>]+$/.test(ui)) return undefined
  const [ns, workflow] = [namespace, id].map((part) =>
    encodeURIComponent(part).replaceAll(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  )
  return `${ui.replace(/\/+$/, '')}/namespaces/${ns}/workflows/${workflow}`
}
