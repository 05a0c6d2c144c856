/** Mantine dressed in our tokens: dense, 13 px, 4 px corners. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import './tokens.css'

const accent: MantineColorsTuple = [
  '#e7f2ff',
  '#cfe3fd',
  '#a0c6f9',
  '#6cb6ff',
  '#3b9eff',
  '#2686e8',
  '#1769d2',
  '#1259b3',
  '#0d4790',
  '#08336b',
]

// Mantine takes surfaces, borders and quiet text from these two, so they are our tokens too.
const dark: MantineColorsTuple = [
  '#dbe4f2',
  '#c2cee0',
  '#a3b2c9',
  '#a3b2c9',
  '#24324a',
  '#1e2b43',
  '#172236',
  '#111a2b',
  '#0b1220',
  '#070c16',
]

const gray: MantineColorsTuple = [
  '#f6f8fb',
  '#eef2f7',
  '#e8eef6',
  '#dbe2ec',
  '#c3cedc',
  '#8493a8',
  '#5b6b81',
  '#475569',
  '#334155',
  '#1c2738',
]

export const theme = createTheme({
  colors: { accent, dark, gray },
  primaryColor: 'accent',
  primaryShade: 6,
  fontFamily: 'var(--cf-sans)',
  fontFamilyMonospace: 'var(--cf-mono)',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.4' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  spacing: { xs: '6px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  headings: {
    fontFamily: 'var(--cf-sans)',
    fontWeight: '600',
    sizes: { h1: { fontSize: '15px' }, h2: { fontSize: '13px' }, h3: { fontSize: '13px' } },
  },
  respectReducedMotion: true,
  // By name, not by `Modal.extend`: the first screen would load dialogues that it does not open.
  components: {
    Portal: { defaultProps: { target: '#cf-above' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Menu: { defaultProps: { shadow: 'md', withinPortal: true } },
    Modal: { defaultProps: { centered: true, padding: 'lg' } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--cf-bg)',
  '--mantine-color-text': 'var(--cf-text)',
  '--mantine-color-dimmed': 'var(--cf-quiet)',
  '--mantine-color-placeholder': 'var(--cf-quiet)',
  '--mantine-color-anchor': 'var(--cf-accent-text)',
  '--mantine-color-default': 'var(--cf-surface)',
  '--mantine-color-default-hover': 'var(--cf-raised)',
  '--mantine-color-default-color': 'var(--cf-text)',
  '--mantine-color-default-border': 'var(--cf-border)',
  '--mantine-color-error': 'var(--cf-fault-text)',
  '--mantine-color-disabled': 'var(--cf-raised)',
  '--mantine-color-disabled-color': 'var(--cf-quiet)',
  '--mantine-color-disabled-border': 'var(--cf-border)',
}

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  dark: shared,
  light: shared,
})
