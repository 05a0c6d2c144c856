import { createRoot } from 'react-dom/client'
import { startClient } from './api/client'
import { App } from './app/App'
import { hurry } from './app/routes'
import { startWords } from './words'

hurry(location.pathname)
startClient()
await startWords()
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
