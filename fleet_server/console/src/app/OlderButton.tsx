/** Asks a list for its next, older page; nothing once there is none. */

import { Button } from '@mantine/core'

/** What `useInfiniteQuery` gives. */
interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  fetchNextPage(): Promise<unknown>
}

interface Props {
  readonly pages: Pages
  readonly label: string
  /** Distance from what stands around it. */
  readonly m?: 'sm' | 'md'
}

export function OlderButton({ pages, label, m }: Props) {
  if (!pages.hasNextPage) return null
  return (
    <Button
      {...(m !== undefined && { m })}
      size="xs"
      variant="default"
      loading={pages.isFetchingNextPage}
      onClick={() => void pages.fetchNextPage()}
    >
      {label}
    </Button>
  )
}
