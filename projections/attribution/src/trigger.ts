/** A fact that can lead to rewards, by name. */
export type TriggerRef =
  | { readonly kind: 'conversion'; readonly id: string }
  | { readonly kind: 'signup'; readonly id: string }
  | { readonly kind: 'click' | 'share'; readonly source: string; readonly id: string }

export const refKey = (ref: TriggerRef): string =>
  ref.kind === 'click' || ref.kind === 'share' ? `${ref.kind}\n${ref.source}\n${ref.id}` : `${ref.kind}\n${ref.id}`

export function refOf(key: string): TriggerRef {
  const [kind, first = '', second = ''] = key.split('\n')
  return kind === 'click' || kind === 'share'
    ? { kind, source: first, id: second }
    : { kind: kind as 'conversion' | 'signup', id: first }
}
