import { Modal, type ModalProps } from '@mantine/core'
import { useWords } from '../../words'

interface Props extends Pick<ModalProps, 'size' | 'onClose' | 'children'> {
  readonly isOpen?: boolean
  readonly title: string
}

/** A dialogue whose close button says what it is, and whose header is not the page's banner. */
export function Dialogue({ isOpen = true, title, size, onClose, children }: Props) {
  const { t } = useWords()
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t('app.close') }}
      attributes={{ header: { role: 'none' } }}
    >
      {children}
    </Modal>
  )
}
