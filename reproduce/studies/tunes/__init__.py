"""Folk tunes as tokens and as characters: are they well formed, and are they new?"""
