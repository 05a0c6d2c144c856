/** The screens: the navigation shows these, and nothing that does not exist. */
import {
  IconBackpack,
  IconBuildingBank,
  IconClipboardList,
  IconGavel,
  IconHistory,
  IconLayoutDashboard,
  IconRocket,
  IconScale,
  IconSettingsCheck,
  IconTruck,
  type TablerIcon,
} from '@tabler/icons-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { wantScreenWords } from '../words'

export type TitleKey =
  | 'overview.title'
  | 'screens.assets'
  | 'readiness.title'
  | 'screens.book'
  | 'screens.documents'
  | 'screens.rollouts'
  | 'screens.configuration'
  | 'screens.courts'
  | 'screens.ledger'
  | 'journal.title'

export interface Screen {
  readonly path: string
  readonly titleKey: TitleKey
  readonly icon: TablerIcon
  readonly component: LazyExoticComponent<ComponentType>
}

type Load = () => Promise<{ default: ComponentType }>

/** A screen behind the first: its words come with it. */
function screen(load: Load): LazyExoticComponent<ComponentType> {
  return lazy(async () => {
    const [module] = await Promise.all([load(), wantScreenWords()])
    return module
  })
}

const loadOverview = () => import('../overview/Overview')

export const SCREENS: readonly Screen[] = [
  {
    path: '/',
    titleKey: 'overview.title',
    icon: IconLayoutDashboard,
    component: lazy(loadOverview),
  },
  {
    path: '/assets',
    titleKey: 'screens.assets',
    icon: IconTruck,
    component: screen(() => import('../assets/Assets')),
  },
  {
    path: '/readiness',
    titleKey: 'readiness.title',
    icon: IconGavel,
    component: screen(() => import('../readiness/Board')),
  },
  {
    path: '/book',
    titleKey: 'screens.book',
    icon: IconBackpack,
    component: screen(() => import('../book/Book')),
  },
  {
    path: '/rollouts',
    titleKey: 'screens.rollouts',
    icon: IconRocket,
    component: screen(() => import('../rollouts/Rollouts')),
  },
  {
    path: '/configuration',
    titleKey: 'screens.configuration',
    icon: IconSettingsCheck,
    component: screen(() => import('../configuration/Configuration')),
  },
  {
    path: '/documents',
    titleKey: 'screens.documents',
    icon: IconClipboardList,
    component: screen(() => import('../documents/Documents')),
  },
  {
    path: '/courts',
    titleKey: 'screens.courts',
    icon: IconBuildingBank,
    component: screen(() => import('../courts/Courts')),
  },
  {
    path: '/ledger',
    titleKey: 'screens.ledger',
    icon: IconScale,
    component: screen(() => import('../ledger/Ledger')),
  },
  {
    path: '/journal',
    titleKey: 'journal.title',
    icon: IconHistory,
    component: screen(() => import('../journal/Journal')),
  },
]

/** One asset; `useParams().id` is its number. */
export const ASSET_PAGE = {
  path: '/assets/:id',
  component: screen(() => import('../assets/AssetPage')),
}

/** Has the first screen on its way while it is asked who is there. */
export function hurry(pathname: string): void {
  if (pathname === '/') void loadOverview()
}
