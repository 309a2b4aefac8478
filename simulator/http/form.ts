/** A field of a form: a string, nested fields, or a list if every key is a number. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }

interface Branch {
  text?: string
  readonly children: Map<string, Branch>
}

/**
 * Unfolds the flat names of AWS's query protocol: `Targets.member.1.Id=a&Targets.member.1.Port=80`
 * becomes `{ Targets: [{ Id: 'a', Port: '80' }] }`. Every value stays a string, as the protocol does
 * not mark numbers; operations convert what they need.
 */
export function readForm(form: URLSearchParams): Record<string, FormValue> {
  const root: Branch = { children: new Map() }
  for (const [name, text] of form) {
    if (name.startsWith('X-Amz-')) continue
    let branch = root
    for (const part of name.split('.')) {
      const next = branch.children.get(part) ?? { children: new Map<string, Branch>() }
      branch.children.set(part, next)
      branch = next
    }
    branch.text = text
  }
  return Object.fromEntries([...root.children].map(([name, branch]) => [name, fold(branch)]))
}

function fold(branch: Branch): FormValue {
  const members = branch.children.get('member') ?? branch
  if (members.children.size > 0 && [...members.children.keys()].every((key) => /^\d+$/.test(key)))
    return [...members.children]
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, member]) => fold(member))
  // Clients send an empty list or structure as `Targets=`.
  if (branch.children.size === 0) return branch.text ?? ''
  return Object.fromEntries([...branch.children].map(([name, child]) => [name, fold(child)]))
}
