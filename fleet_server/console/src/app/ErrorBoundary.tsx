import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { say } from '../words'
import { EmptyState } from './parts'

interface State {
  readonly hasFailed: boolean
}

/** Keeps a fault inside the screen it happened on; also shown when a newer build took a file away. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { hasFailed: false }

  static getDerivedStateFromError(): State {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children
    return (
      <EmptyState
        icon={<IconAlertTriangle size={28} stroke={1.5} aria-hidden />}
        title={say('app.broken')}
        note={say('app.brokenNote')}
      >
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          {say('app.reload')}
        </Button>
      </EmptyState>
    )
  }
}
